package org.martsync.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.martsync.database.JsonValue;
import org.martsync.dhis2.Attribute;
import org.martsync.dhis2.Labelled;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.dhis2.ProgramStage;
import org.martsync.dhis2.Programs;
import org.martsync.dhis2.Site;
import org.martsync.event.Catalogue;
import org.martsync.event.Mappings;
import org.martsync.mapping.Column;
import org.martsync.mapping.FormTable;
import org.martsync.mapping.Mapping;

/** Looks at what the mappings name: in DHIS2's metadata, and in the database's tables. Called by {@code routes/check.camel.yaml}. */
public final class CheckMappings {

    private static final int SHOWN = 5;

    private final Site site;

    public CheckMappings(Site site) {
        this.site = site;
    }

    /** Takes how many events are pending: rows of {@code routes/sql/check-pending.sql}. */
    public void pending(Checkup checkup, List<Map<String, Object>> rows) {
        Map<String, Long> pending = new HashMap<>();
        rows.forEach(row -> pending.put((String) row.get("mapping"), ((Number) row.get("pending")).longValue()));
        checkup.pending(pending);
    }

    /**
     * Looks at each mapping by itself and beside the others.
     *
     * @param rows of {@code routes/sql/read-mappings.sql}
     */
    public void mappings(Checkup checkup, List<Map<String, Object>> rows, Mappings mappings, Programs programs) {
        checkup.programs(programs);
        if (mappings.patient() == null && mappings.broken(Mapping.PATIENT) == null) {
            checkup.add(new Finding(Code.MAPPING_MISSING, Mapping.PATIENT, null, "there is no mapping of this name, by which patients are sent.",
                    "Create it: without it nothing can be sent.", checkup.pending(), null));
        }
        if (!checkup.mapping().isEmpty() && !checkup.ofPatients() && !mappings.has(checkup.mapping())) {
            String near = Nearest.of(checkup.mapping(), rows.stream().map(row -> (String) row.get("program_name")).toList());
            checkup.add(Finding.of(Code.MAPPING_UNKNOWN, "There is no mapping named '" + checkup.mapping() + "'"
                    + (near == null ? "." : "; perhaps " + near + " is meant."), "Nothing was looked at."));
        }
        for (Map<String, Object> row : rows) {
            String name = (String) row.get("program_name");
            String broken = mappings.broken(name);
            if (broken != null && (checkup.concerns(name) || Mapping.PATIENT.equals(name))) {
                long held = Mapping.PATIENT.equals(name) ? checkup.pending() : checkup.pendingOf(name);
                checkup.add(new Finding(Code.MAPPING_UNUSABLE, name, null, broken, "Until then none of its events is sent.", held, null));
            } else if (mappings.refused(name) != null && (checkup.concerns(name) || Mapping.PATIENT.equals(name))) {
                checkup.add(new Finding(Code.MAPPING_REFUSED, name, null, mappings.refused(name), "Until it is mended, events are sent by the mapping as it was before.", 0, null));
            } else if (broken == null && checkup.concerns(name)) {
                unmapped(checkup, name, JsonValue.read(row.get("mapping_json")));
            }
        }
        if (mappings.patient() != null) {
            programs.types().values().forEach(people -> searches(checkup, mappings.patient(), people));
            CheckPatients.uniqueInTwoTypes(mappings.patient(), programs).values().forEach(sentence ->
                    checkup.add(new Finding(Code.UNIQUE_IN_TWO_TYPES, Mapping.PATIENT, null, sentence, CheckPatients.ONE_TYPE_ALONE, 0, null)));
        }
        Map<String, List<String>> sharers = new TreeMap<>();
        for (Mapping mapping : mappings.all()) {
            if (checkup.concerns(mapping.name())) {
                targets(checkup, mapping, programs);
            }
            mapping.tables().forEach(table -> sharers.computeIfAbsent(table.name(), key -> new ArrayList<>()).add(mapping.name()));
        }
        sharers.forEach((table, names) -> {
            if (names.size() > 1 && names.stream().anyMatch(checkup::concerns)) {
                checkup.add(new Finding(Code.FORM_SHARED, null, table, "The form table " + table + " is shared by the mappings "
                        + String.join(", ", names.stream().sorted().toList()) + ".", "That is fine where each takes the columns of its own stage.", 0, null));
            }
        });
    }

    private static void unmapped(Checkup checkup, String name, JsonNode json) {
        List<String> columns = new ArrayList<>();
        json.path("formTableMappings").properties().forEach(table -> table.getValue().properties().forEach(column -> {
            JsonNode id = column.getValue().isObject() ? column.getValue().path("id") : column.getValue();
            if (id.asText("").isBlank()) {
                columns.add(table.getKey() + "." + column.getKey());
            }
        }));
        if (!columns.isEmpty()) {
            checkup.add(new Finding(Code.COLUMN_UNMAPPED, name, null, columns.size() + (columns.size() == 1 ? " of its columns is" : " of its columns are") + " mapped to nothing: " + some(columns) + ".",
                    "What they hold does not go to DHIS2. Map those that should.", 0, null));
        }
    }

    private static void targets(Checkup checkup, Mapping mapping, Programs programs) {
        ProgramMetadata program = mapping.in(programs);
        for (Column column : mapping.checkedAgainst(program).unknown()) {
            String what = mapping.patientMapping() ? "attribute " : "data element ";
            String where = mapping.patientMapping() ? "the program" : "its stage";
            checkup.add(new Finding(Code.TARGET_UNKNOWN, mapping.name(), column.name() + " → " + column.dataElementId(),
                    "column " + column.name() + " is mapped to the " + what + column.dataElementId() + ", which " + where
                            + " does not have" + elsewhere(mapping, column, program)
                            + (mapping.patientMapping() ? Tally.perhapsIn(programs.unusable()) : "") + ".",
                    "Map it to another, or add that one in DHIS2. An event with a value there is rejected.", 0,
                    column.displayName().equals(column.dataElementId()) ? null : "the mapping calls it " + column.displayName()));
        }
    }

    /** Says of each column to search by why DHIS2 would end a run for it. */
    private static void searches(Checkup checkup, Mapping patient, ProgramMetadata people) {
        if (people.ofType() == null) {
            return;
        }
        patient.searchedBy(people).forEach((column, id) -> {
            Boolean everywhere = people.ofType().get(id);
            // DHIS2 searches by a unique attribute as by a searchable one (TrackedEntityType.getSearchableAttributeIds)
            boolean unique = people.attributes().containsKey(id) && people.attributes().get(id).unique();
            if (everywhere == null || checkup.isSearchedAfar() && !everywhere && !unique) {
                String attribute = people.attributes().containsKey(id) ? people.attributes().get(id).label() : id;
                checkup.holdAllOf(patient);
                checkup.add(new Finding(Code.SEARCH_STOPS_RUN, patient.name(), column, "patients are searched by the column " + column + ", and its attribute "
                        + attribute + (everywhere == null
                                ? " is the program's alone: DHIS2 finds people by it, but does not show it, so that nobody can be told apart, and a run stops as soon as somebody is found."
                                : " is not searchable in the tracked entity type: DHIS2 refuses to search by it beyond the org units in which the user may write, and each run stops."),
                        "Take " + column + " out of searchable in the mapping's config, or let the attribute be a searchable one of the tracked entity type "
                        + people.trackedEntityType() + " in DHIS2.", checkup.pending(), null));
            }
        });
    }

    private static String elsewhere(Mapping mapping, Column column, ProgramMetadata program) {
        List<String> stages = program.stages().values().stream().filter(stage -> stage.dataElements().containsKey(column.dataElementId()))
                .map(ProgramStage::name).toList();
        if (!stages.isEmpty()) {
            return "; it is in the stage " + String.join(", ", stages);
        }
        Map<String, String> names = new HashMap<>();
        if (mapping.patientMapping()) {
            program.attributes().values().forEach(one -> names.put(one.name(), one.id()));
        } else {
            program.stages().get(mapping.stage()).dataElements().values().forEach(one -> names.put(one.name(), one.id()));
        }
        String near = Nearest.of(column.displayName(), names.keySet());
        return near == null ? "" : "; perhaps " + Labelled.label(near, names.get(near)) + " is meant";
    }

    /** How many events of a mapping that holds back is counted with their values. */
    private void compulsory(Checkup checkup, Mapping mapping, ProgramMetadata program, Catalogue catalogue) {
        Set<String> mapped = Demands.mapped(mapping, mapping.patientMapping() ? Map.of("patient", readable(catalogue, "patient")) : catalogue.mapped(mapping));
        List<String> demanded = mapping.patientMapping()
                ? program.attributes().values().stream().filter(one -> one.mandatory() && !mapped.contains(one.id())).map(Attribute::label).toList()
                : Demands.unmapped(program.stages().get(mapping.stage()), site.eventStatus(), mapped);
        demanded.forEach(target -> checkup.add(new Finding(Code.COMPULSORY_UNMAPPED, mapping.name(), target, Tally.unmapped(target), Tally.MAP_A_COLUMN, 0, null)));
    }

    private static Set<String> readable(Catalogue catalogue, String table) {
        return catalogue.columns(table).entrySet().stream().filter(column -> column.getValue() != null).map(Map.Entry::getKey).collect(Collectors.toSet());
    }

    /**
     * Looks for the tables and columns that the mappings name, and for what DHIS2 demands and none of these is mapped to.
     *
     * @param columns of {@code routes/sql/read-columns.sql}
     * @param tables of {@code routes/sql/check-tables.sql}, to suggest from
     */
    public void tables(Checkup checkup, Mappings mappings, Programs programs, List<Map<String, Object>> columns, List<Map<String, Object>> tables) {
        Catalogue catalogue = Catalogue.read(columns);
        checkup.catalogue(catalogue);
        List<String> names = tables.stream().map(row -> (String) row.get("name")).toList();
        for (Mapping mapping : mappings.all()) {
            if (checkup.concerns(mapping.name())) {
                mapping.tables().forEach(table -> table(checkup, mapping, table, catalogue, names));
                compulsory(checkup, mapping, mapping.in(programs), catalogue);
            }
        }
    }

    private static void table(Checkup checkup, Mapping mapping, FormTable table, Catalogue catalogue, Collection<String> names) {
        String whyNot = catalogue.whyNot(table.name(), mapping.patientMapping());
        if (whyNot != null) {
            checkup.add(new Finding(Code.TABLE_MISSING, mapping.name(), table.name(), "table " + table.name() + " " + whyNot
                    + perhaps(table.name(), catalogue.columns(table.name()).isEmpty() ? names : List.of()) + ".",
                    "Until then it is left out, and its data elements are not sent.", 0, null));
            return;
        }
        Map<String, String> there = catalogue.columns(table.name());
        Stream<String> missing = table.columns().stream().map(Column::name).filter(name -> there.get(name) == null);
        for (String name : new TreeSet<>(missing.toList())) {
            checkup.add(new Finding(Code.COLUMN_MISSING, mapping.name(), table.name() + "." + name,
                    "table " + table.name() + (there.containsKey(name) ? " has a column " + name + " that may not be read by this program's database user"
                            : " has no column " + name + perhaps(name, there.keySet())) + ".",
                    "Until then it is left out, and its data element is not sent.", 0, null));
        }
    }

    private static String perhaps(String name, Collection<String> names) {
        String near = Nearest.of(name, names);
        return near == null ? "" : "; perhaps " + near + " is meant";
    }

    private static String some(List<String> names) {
        return names.stream().limit(SHOWN).collect(Collectors.joining(", ")) + (names.size() > SHOWN ? ", …" : "");
    }
}
