package org.martsync.check;

import com.fasterxml.jackson.core.type.TypeReference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.martsync.database.JsonValue;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.dhis2.Programs;
import org.martsync.event.Mappings;
import org.martsync.mapping.Column;
import org.martsync.mapping.FormTable;
import org.martsync.mapping.Mapping;

/** Looks at the patients all together, and at the places of patients and encounters. Called by {@code routes/check.camel.yaml}. */
public final class CheckPatients {

    private static final String IDENTIFIER = "patient_identifier";

    private static final String CORRECT_OR_MERGE = "Correct them in the clinic, or merge the patients who are one person.";

    static final String ONE_TYPE_ALONE = "Map the column to an attribute that only one of them has, or let it not be unique in DHIS2.";

    static final String GIVE_THE_CODE = "that is done from DHIS2 daily and at a start, once an org unit there has this code.";

    /** The columns of table patient that go to unique attributes, as a JSON list. */
    public String uniqueColumns(Mappings mappings, Programs programs) {
        return JsonValue.write(unique(mappings, programs));
    }

    private static List<String> unique(Mappings mappings, Programs programs) {
        ProgramMetadata program = programs.everybody();
        return columns(mappings.patient()).entrySet().stream()
                .filter(column -> program.attributes().containsKey(column.getValue()) && program.attributes().get(column.getValue()).unique())
                .map(Map.Entry::getKey).toList();
    }

    /** The columns of table patient by which people are told apart, as a JSON list: the identifier, those that are unique in DHIS2, those to search by. */
    public String columnsToFill(Mappings mappings, Programs programs) {
        Set<String> columns = new TreeSet<>(unique(mappings, programs));
        columns.add(IDENTIFIER);
        if (mappings.patient() != null) {
            columns.addAll(mappings.patient().searchable());
        }
        return JsonValue.write(columns);
    }

    /** Takes rows of {@code routes/sql/check-blank.sql}. */
    public void blank(Checkup checkup, List<Map<String, Object>> rows) {
        for (Map<String, Object> row : rows) {
            String column = (String) row.get("name");
            long blank = ((Number) row.get("blank")).longValue();
            checkup.add(new Finding(Code.PATIENT_COLUMN_EMPTY, Mapping.PATIENT, column, String.format(Locale.ROOT, "%,d of all %,d patients %s nothing in column %s, by which people are told apart.",
                    blank, row.get("patients"), blank == 1 ? "has" : "have", column), column.equals(IDENTIFIER)
                    ? "Without it none of their events is sent. Give them one in the clinic."
                    : "Fill it in the clinic: without it somebody may be made twice in DHIS2.", ((Number) row.get("pending")).longValue(), "patient " + row.get("example")));
        }
    }

    /**
     * The people of one tracked entity type, who are searched by columns of their own.
     *
     * @param type UID of the type, empty for the configured program's
     * @param people what the programs of the type know of them
     * @param columns by which they are searched
     * @param mappings whose events are theirs; null for all
     */
    public record Searched(String type, ProgramMetadata people, List<String> columns, List<String> mappings) {

        /** As a JSON list. */
        public String columnsAsJson() {
            return JsonValue.write(columns);
        }

        /** As a JSON list; empty for all. */
        public String mappingsAsJson() {
            return mappings == null ? "" : JsonValue.write(mappings);
        }
    }

    /** The people of each tracked entity type that events are of. */
    public List<Searched> searched(Mappings mappings, Programs programs) {
        Mapping patient = mappings.patient();
        Map<String, ProgramMetadata> types = programs.types();
        return types.values().stream().map(people -> new Searched(people.hasSamePeopleAs(programs.main()) ? "" : people.trackedEntityType(), people,
                patient == null ? List.of() : List.copyOf(patient.searchedBy(people).keySet()),
                types.size() == 1 ? null : StreamSupport.stream(mappings.all().spliterator(), false)
                        .filter(mapping -> !mapping.patientMapping() && mapping.in(programs).hasSamePeopleAs(people)).map(Mapping::name).sorted().toList())).toList();
    }

    /** The unique attributes that the patient mapping fills for people of two types, each with a sentence: DHIS2 stores a value once. */
    static Map<String, String> uniqueInTwoTypes(Mapping patient, Programs programs) {
        Map<String, String> shared = new LinkedHashMap<>();
        columns(patient).forEach((column, id) -> {
            List<ProgramMetadata> types = programs.types().values().stream().filter(people -> people.attributes().containsKey(id)).toList();
            if (types.size() > 1 && types.get(0).attributes().get(id).unique()) {
                shared.put(id, "column " + column + " goes to the attribute " + types.get(0).attributes().get(id).label()
                        + ", which is unique in DHIS2 over all tracked entity types, and people of the types "
                        + types.stream().map(ProgramMetadata::trackedEntityType).collect(Collectors.joining(" and "))
                        + " have it: who is a person of one is refused as a person of another.");
            }
        });
        return shared;
    }

    private static Map<String, String> columns(Mapping patient) {
        Map<String, String> columns = new LinkedHashMap<>();
        if (patient != null) {
            for (FormTable table : patient.tables()) {
                for (Column column : table.columns()) {
                    columns.put(column.name(), column.dataElementId());
                }
            }
        }
        return columns;
    }

    private record Sharers(List<String> patients, String holder) {
    }

    private static List<Sharers> sharers(Object column) {
        return JsonValue.read(column, new TypeReference<>() { });
    }

    /** Takes rows of {@code routes/sql/check-unique.sql}, before the pending events are looked at. */
    public void unique(Checkup checkup, Mappings mappings, List<Map<String, Object>> rows) {
        for (Map<String, Object> row : rows) {
            String column = (String) row.get("name");
            Finding finding = new Finding(Code.UNIQUE_VALUE_SHARED, Mapping.PATIENT, column, "in column " + column + ", which DHIS2 wants to be unique ("
                    + columns(mappings.patient()).get(column) + "), " + row.get("patients") + " patients share "
                    + row.get("shared") + (((Number) row.get("shared")).intValue() == 1 ? " value." : " values."), CORRECT_OR_MERGE,
                    0, "patients " + row.get("example"));
            sharers(row.get("sharers")).forEach(one -> checkup.rivals().share(finding, null, one.patients(), one.holder()));
        }
    }

    /**
     * Takes what {@code routes/sql/check-alike.sql} tells of some people, before the pending events are looked at and after what must
     * be unique. A run rejects whom the search takes for another of its patients, or for one written with other capital letters.
     */
    public void alike(Checkup checkup, Searched searched, String groups) {
        String type = searched.people().trackedEntityType();
        List<Sharers> alike = sharers(groups).stream().filter(one -> !checkup.rivals().shareAlready(type, one.patients())).toList();
        if (alike.isEmpty()) {
            return;
        }
        String columns = String.join(", ", searched.columns());
        List<String> first = alike.get(0).patients();
        Finding finding = new Finding(Code.SEARCHED_VALUE_SHARED, Mapping.PATIENT, columns + asPeople(searched),
                "a search by " + columns + asPeople(searched) + " does not tell " + alike.stream().mapToInt(one -> one.patients().size()).sum()
                        + " patients apart: what they have there is the same, or differs in capital letters only.",
                CORRECT_OR_MERGE, 0, "patients " + first.get(0) + " and " + first.get(1));
        alike.forEach(one -> checkup.rivals().share(finding, type, one.patients(), one.holder()));
    }

    private static String asPeople(Searched searched) {
        return searched.type().isEmpty() ? "" : " as people of the tracked entity type " + searched.type();
    }

    /** Takes the row of {@code routes/sql/check-searched.sql} for some people. */
    public void searched(Checkup checkup, Mappings mappings, Searched searched, Map<String, Object> row) {
        Mapping patient = mappings.patient();
        if (patient == null) {
            return;
        }
        if (patient.searchable().isEmpty()) {
            checkup.add(new Finding(Code.NOT_SEARCHABLE, Mapping.PATIENT, null, "no column is chosen to search patients by.",
                    "Whoever is in DHIS2 already, from another clinic, is made a second time. Choose a column such as uic.", 0, null));
            return;
        }
        String whose = asPeople(searched);
        String columns = String.join(", ", searched.columns());
        if (columns.isEmpty()) {
            checkup.add(new Finding(Code.NOT_SEARCHABLE, Mapping.PATIENT, searched.type(), "of the columns to search patients by (" + String.join(", ", patient.searchable())
                    + ") none is left to search them by" + whose + ": the program " + searched.people().label() + " lacks attributes of them, and has no unique one.",
                    "Whoever of them is in DHIS2 already, from another clinic, is made a second time. Add to searchable a column whose attribute is unique and that program's.", 0, null));
            return;
        }
        long patients = ((Number) row.get("patients")).longValue();
        if (patients > 0) {
            checkup.add(new Finding(Code.NOT_SEARCHABLE, Mapping.PATIENT, columns, patients
                    + (patients == 1 ? " patient with pending events has nothing in " : " patients with pending events have nothing in ") + columns + ", by which patients are searched" + whose + ".",
                    "Whoever of them is in DHIS2 already is made a second time. Fill it in the clinic.", ((Number) row.get("pending")).longValue(),
                    "patient " + row.get("example")));
        }
    }

    /** Takes rows of {@code routes/sql/check-org-units.sql}. */
    public void orgUnits(Checkup checkup, List<Map<String, Object>> rows) {
        for (Map<String, Object> row : rows) {
            String unit = (String) row.get("unit");
            long pending = ((Number) row.get("pending")).longValue();
            if (Boolean.TRUE.equals(row.get("of_patients"))) {
                checkup.add(new Finding(Code.PATIENT_ORG_UNIT_UNKNOWN, null, null, "Patients have an org unit that is not among those that DHIS2 told us of.",
                        "DHIS2 may refuse these patients. Correct it in the clinic.", pending, "'" + unit + "'"));
            } else if (Boolean.TRUE.equals(row.get("tracked"))) {
                checkup.add(new Finding(Code.ORG_UNIT_WITHOUT_UID, null, unit, "Encounters have the org unit code " + unit + ", and orgunit_tracker has no UID beside it.",
                        "Their events go to the site's own org unit. Fill in orgunit_tracker.id: " + GIVE_THE_CODE, pending, null));
            } else {
                checkup.add(new Finding(Code.ORG_UNIT_CODE_UNKNOWN, null, unit, "Encounters have the org unit code " + unit + ", which no org unit in DHIS2 has.",
                        "Their events go to the site's own org unit. Give the org unit that code in DHIS2, or correct it in the clinic.", pending, null));
            }
        }
    }
}
