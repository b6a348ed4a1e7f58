package org.martsync.dhis2;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Decides who sends a request: by session cookie, personal token or password (recordings 228, 229, 373 to 375). */
final class StandInLogin {

    /** @param newSession a session opened by this request, or null */
    record Entry(StandInUser user, String newSession) {
    }

    /** Nobody may enter; {@code answer} says so as DHIS2 does. */
    static final class Refused extends Exception {

        private final transient StandInAnswer answer;

        Refused(StandInAnswer answer) {
            this.answer = answer;
        }

        StandInAnswer answer() {
            return answer;
        }
    }

    private final List<StandInUser> users;
    private final Map<String, StandInUser> tokens;
    private final Map<String, StandInUser> sessions = new ConcurrentHashMap<>();
    private final AtomicInteger passwordChecks = new AtomicInteger();

    StandInLogin(List<StandInUser> users, Map<String, StandInUser> tokens) {
        this.users = users;
        this.tokens = tokens;
    }

    Entry enter(Dhis2StandIn.Request request) throws Refused {
        Optional<StandInUser> known = session(request);
        if (known.isPresent()) {
            return new Entry(known.get(), null);
        }
        String authorization = request.header("Authorization");
        if (authorization.startsWith("ApiToken ")) {
            StandInUser user = tokens.get(authorization.substring("ApiToken ".length()).trim());
            if (user == null) {
                throw new Refused(StandInAnswer.error(401, "The API token does not exist", null));
            }
            return new Entry(user, null);
        }
        if (authorization.startsWith("Basic ")) {
            StandInUser user = withPassword(authorization.substring("Basic ".length()).trim());
            String session = UUID.randomUUID().toString().replace("-", "").toUpperCase();
            sessions.put(session, user);
            return new Entry(user, session);
        }
        throw new Refused(request.header("X-Requested-With").equals("XMLHttpRequest")
                ? StandInAnswer.error(401, "Unauthorized", null) : StandInAnswer.redirect("/login/"));
    }

    private StandInUser withPassword(String credentials) throws Refused {
        passwordChecks.incrementAndGet();
        String plain = new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
        return users.stream().filter(user -> plain.equals(user.name() + ":" + user.password())).findFirst()
                .orElseThrow(() -> new Refused(StandInAnswer.error(401, "Unauthorized", null)));
    }

    private Optional<StandInUser> session(Dhis2StandIn.Request request) {
        return Arrays.stream(request.header("Cookie").split(";")).map(String::trim)
                .filter(cookie -> cookie.startsWith("JSESSIONID="))
                .map(cookie -> sessions.get(cookie.substring("JSESSIONID=".length())))
                .filter(user -> user != null).findFirst();
    }

    int passwordChecks() {
        return passwordChecks.get();
    }

    void forgetCounts() {
        passwordChecks.set(0);
    }

    void endSessions() {
        sessions.clear();
    }
}
