package org.martsync.dhis2;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Finds the endpoint of a request whose user is known, and answers. */
final class StandInApi {

    private enum AtomicMode { ALL, OBJECT }

    private enum ImportMode { COMMIT, VALIDATE }

    private enum Scheme { UID, CODE }

    /**
     * An import in the background.
     *
     * <p>The first look at it always comes too early, and the second waits until it is done: so a test sees both
     * without depending on time.
     */
    private static final class Job {

        private final CompletableFuture<ObjectNode> report;
        private boolean seen;

        Job(CompletableFuture<ObjectNode> report) {
            this.report = report;
        }

        synchronized Optional<ObjectNode> look() {
            if (!seen) {
                seen = true;
                return Optional.empty();
            }
            return Optional.of(report.join());
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TRACKER = "/api/tracker";

    private final Dhis2StandIn.World world;
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();
    private volatile StandInRelease release = StandInRelease.of("2.42.4.1");

    StandInApi(Dhis2StandIn.World world) {
        this.world = world;
    }

    void plays(StandInRelease other) {
        release = other;
    }

    StandInAnswer answer(Dhis2StandIn.Request request, StandInUser user) {
        try {
            // a version in the path is taken and makes no difference (recordings 326, 327)
            String path = request.path().replaceFirst("^/api/\\d+/", "/api/");
            StandInParameters parameters = new StandInParameters(request.query());
            if (request.method().equals("POST") && path.equals(TRACKER)) {
                return post(request, parameters, user);
            }
            return request.method().equals("GET") ? get(path, parameters, user) : unknown(path);
        } catch (StandInPayload.Unreadable e) {
            return StandInAnswer.error(400, e.getMessage(), e.code());
        } catch (StandInSearch.OutOfScope e) {
            return StandInAnswer.error(403, e.getMessage(), "E1006");
        } catch (StandInImport.DatabaseFailure e) {
            return StandInAnswer.error(500, "could not execute statement", null);
        }
    }

    private StandInAnswer get(String path, StandInParameters parameters, StandInUser user) {
        if (path.equals("/api/system/info")) {
            return StandInAnswer.json(200, picked(parameters, systemInfo()));
        }
        if (path.equals("/api/me")) {
            return StandInAnswer.json(200, picked(parameters, me(user)));
        }
        if (path.startsWith("/api/programs/")) {
            StandInMetadata program = world.metadata().of(last(path));
            return program == null ? notFound("Program", last(path)) : StandInAnswer.json(200, picked(parameters, program.program()));
        }
        if (path.equals("/api/programs")) {
            return StandInAnswer.json(200, programs(parameters, user));
        }
        if (path.equals("/api/organisationUnits")) {
            return StandInAnswer.json(200, orgUnits(parameters));
        }
        if (path.startsWith(TRACKER + "/jobs/")) {
            return job(path.substring((TRACKER + "/jobs/").length()));
        }
        return path.startsWith(TRACKER + "/") ? read(path, parameters, user) : unknown(path);
    }

    private StandInAnswer read(String path, StandInParameters parameters, StandInUser user) {
        String[] parts = path.substring(TRACKER.length() + 1).split("/");
        if (parts.length == 1) {
            release.demand(parts[0], parameters);
            return switch (parts[0]) {
                case "trackedEntities" -> list(new StandInSearch(world, release.understood(parameters), user).trackedEntities());
                case "enrollments" -> list(new StandInSearch(world, parameters, user).enrolments());
                case "events" -> list(new StandInSearch(world, release.understoodOfEvents(parameters), user).events());
                default -> unknown(path);
            };
        }
        StandInSearch search = new StandInSearch(world, parameters, user);
        return switch (parts.length == 2 ? parts[0] : "") {
            case "trackedEntities" -> one("TrackedEntity", parts[1], () -> search.trackedEntity(parts[1]));
            case "enrollments" -> one("Enrollment", parts[1], () -> search.enrolment(parts[1]));
            case "events" -> one("Event", parts[1], () -> search.event(parts[1]));
            default -> unknown(path);
        };
    }

    private StandInAnswer list(ObjectNode found) {
        return StandInAnswer.json(200, release.contained(found));
    }

    private static StandInAnswer one(String kind, String uid, Supplier<Optional<ObjectNode>> search) {
        return search.get().map(found -> StandInAnswer.json(200, found)).orElseGet(() -> notFound(kind, uid));
    }

    private StandInAnswer post(Dhis2StandIn.Request request, StandInParameters parameters, StandInUser user) {
        String contentType = request.header("Content-Type").toLowerCase(Locale.ROOT);
        if (!contentType.startsWith("application/json")) {
            return StandInAnswer.error(415, "Content-Type '" + contentType + "' is not supported", null);
        }
        if (request.body().length == 0) {
            throw new StandInPayload.Unreadable("Required request body is missing");
        }
        if (!request.header("Content-Encoding").isEmpty()) {
            throw new StandInPayload.Unreadable("JSON parse error: Illegal character ((CTRL-CHAR, code 31))");
        }
        StandInImport.Options options = new StandInImport.Options(
                parameters.word("importStrategy", StandInImport.Strategy.class,
                        StandInImport.Strategy.CREATE_AND_UPDATE),
                parameters.word("atomicMode", AtomicMode.class, AtomicMode.ALL) == AtomicMode.ALL,
                parameters.word("importMode", ImportMode.class, ImportMode.COMMIT) == ImportMode.VALIDATE,
                parameters.word("orgUnitIdScheme", Scheme.class, Scheme.UID) == Scheme.CODE);
        boolean async = parameters.flag("async", true);
        StandInPayload payload = StandInPayload.of(parsed(request.body()));
        Supplier<StandInImport.Outcome> run = () -> new StandInImport(world, release, payload, options, user).run();
        if (async) {
            return started(run);
        }
        StandInImport.Outcome outcome = run.get();
        ObjectNode report = release.reported(outcome.report());
        return StandInAnswer.json(report.path("status").asText().equals("ERROR") ? 409 : outcome.status(), report);
    }

    private static JsonNode parsed(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new StandInPayload.Unreadable("JSON parse error: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private StandInAnswer started(Supplier<StandInImport.Outcome> run) {
        String id = StandInPayload.madeUid();
        jobs.put(id, new Job(CompletableFuture.supplyAsync(() -> run.get().report())));
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("httpStatus", "OK").put("httpStatusCode", 200)
                .put("status", "OK").put("message", "Tracker job added");
        body.putObject("response").put("id", id).put("location", "/tracker/jobs/" + id)
                .put("responseType", "TrackerJobWebMessageResponse");
        return StandInAnswer.json(200, body);
    }

    private StandInAnswer job(String rest) {
        String id = rest.replaceFirst("/report$", "");
        Optional<ObjectNode> report = Optional.ofNullable(jobs.get(id)).flatMap(Job::look);
        if (rest.endsWith("/report")) {
            return report.map(found -> StandInAnswer.json(200, found)).orElseGet(
                    () -> StandInAnswer.error(404, "Summary for job " + id + " does not exist", "E1005"));
        }
        ArrayNode notifications = JsonNodeFactory.instance.arrayNode();
        report.ifPresent(found -> notify(notifications, "Import complete with status "
                + found.path("status").asText(), true));
        if (jobs.containsKey(id)) {
            notify(notifications, "Tracker import started", false);
        }
        return StandInAnswer.json(200, notifications);
    }

    private static void notify(ArrayNode notifications, String message, boolean completed) {
        notifications.addObject().put("level", "INFO").put("category", "TRACKER_IMPORT_JOB").put("message", message)
                .put("completed", completed);
    }

    private static JsonNode picked(StandInParameters parameters, JsonNode whole) {
        return parameters.has("fields")
                ? StandInFields.of(parameters.text("fields", "*")).pick(whole.<JsonNode>deepCopy()) : whole;
    }

    private ObjectNode systemInfo() {
        return JsonNodeFactory.instance.objectNode().put("version", release.version()).put("calendar", "iso8601")
                .put("serverDate", LocalDateTime.now(world.clock().withZone(ZoneOffset.UTC)).truncatedTo(ChronoUnit.MILLIS).toString())
                .put("dateFormat", "yyyy-mm-dd").put("serverTimeZoneId", "Etc/UTC").put("systemName", "DHIS 2");
    }

    private ObjectNode me(StandInUser user) {
        ObjectNode me = JsonNodeFactory.instance.objectNode().put("id", user.uid()).put("username", user.name());
        ObjectNode unit = JsonNodeFactory.instance.objectNode().put("id", user.orgUnit());
        world.metadata().orgUnits().forEach(each -> {
            if (each.path("id").asText().equals(user.orgUnit())) {
                unit.set("code", each.path("code"));
            }
        });
        me.putArray("organisationUnits").add(unit);
        me.putArray("teiSearchOrganisationUnits").add(unit);
        me.putArray("programs").add(world.metadata().programUid());
        ArrayNode authorities = me.putArray("authorities");
        user.authorities().forEach(authorities::add);
        return me;
    }

    /** The programs that the filters let through, with what their sharing says for the user; by DHIS2's documentation, not recorded. */
    private ObjectNode programs(StandInParameters parameters, StandInUser user) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode list = body.putArray("programs");
        for (StandInMetadata metadata : world.metadata().programs()) {
            boolean wanted = parameters.all("filter").stream().allMatch(filter -> {
                String[] words = filter.split(":", 3);
                return switch (words[0]) {
                    case "id" -> List.of(words[2].replaceAll("[\\[\\]]", "").split(",")).contains(metadata.programUid());
                    case "organisationUnits.id" -> metadata.isAssigned(words[2]);
                    default -> throw new StandInPayload.Unreadable("Unknown path property: '" + words[0] + "'.");
                };
            });
            if (wanted) {
                ObjectNode program = metadata.program().deepCopy();
                boolean writes = metadata.country().equals(user.orgUnit());
                open(program, writes);
                open((ObjectNode) program.get("trackedEntityType"), writes);
                program.path("programStages").forEach(stage -> open((ObjectNode) stage, writes));
                list.add(StandInFields.of(parameters.text("fields", "id,displayName")).pick(program));
            }
        }
        return body;
    }

    private static void open(ObjectNode object, boolean writes) {
        object.putObject("access").putObject("data").put("read", true).put("write", writes);
    }

    private ObjectNode orgUnits(StandInParameters parameters) {
        JsonNode all = world.metadata().orgUnits(parameters.all("filter"));
        StandInFields fields = StandInFields.of(parameters.text("fields", "id,displayName"));
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        int from = 0;
        int to = all.size();
        if (parameters.flag("paging", true)) {
            int page = parameters.number("page", 1);
            int size = parameters.number("pageSize", 50);
            from = Math.min(all.size(), (page - 1) * size);
            to = Math.min(all.size(), from + size);
            body.putObject("pager").put("page", page).put("pageSize", size).put("total", all.size())
                    .put("pageCount", (all.size() + size - 1) / size);
        }
        ArrayNode list = body.putArray("organisationUnits");
        for (int at = from; at < to; at++) {
            list.add(fields.pick(all.get(at).<JsonNode>deepCopy()));
        }
        return body;
    }

    private static StandInAnswer notFound(String kind, String uid) {
        return StandInAnswer.error(404, kind + " with id " + uid + " could not be found.", "E1005");
    }

    /** Answers for paths that are none of DHIS2's, the old endpoints among them (recordings 320 to 325). */
    private static StandInAnswer unknown(String path) {
        return StandInAnswer.errorPage(404, "No static resource " + path.substring(1) + ".");
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
