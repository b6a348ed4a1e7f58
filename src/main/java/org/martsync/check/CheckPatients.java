package org.martsync.check;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.dhis2.Programs;
import org.martsync.event.Catalogue;
import org.martsync.event.Mappings;
import org.martsync.mapping.Column;
import org.martsync.mapping.FormTable;
import org.martsync.mapping.Mapping;

/** Looks at the patients all together, and at the places of patients and encounters. Called by {@code routes/check.camel.yaml}. */
public final class CheckPatients {

    /** The columns of table patient that go to unique attributes, as a JSON list. */
    public String uniqueColumns(Mappings mappings, Programs programs) {
        ProgramMetadata program = programs.people();
        return Catalogue.list(columns(mappings).entrySet().stream()
                .filter(column -> program.attributes().containsKey(column.getValue()) && program.attributes().get(column.getValue()).unique())
                .map(Map.Entry::getKey).toList());
    }

    /** The columns by which patients are searched, as a JSON list. */
    public String searchedColumns(Mappings mappings) {
        return Catalogue.list(mappings.patient() == null ? List.of() : mappings.patient().searchable());
    }

    private static Map<String, String> columns(Mappings mappings) {
        Map<String, String> columns = new LinkedHashMap<>();
        if (mappings.patient() != null) {
            for (FormTable table : mappings.patient().tables()) {
                for (Column column : table.columns()) {
                    columns.put(column.name(), column.dataElementId());
                }
            }
        }
        return columns;
    }

    /** Takes rows of {@code routes/sql/check-unique.sql}. */
    public void unique(Checkup checkup, Mappings mappings, List<Map<String, Object>> rows) {
        for (Map<String, Object> row : rows) {
            String column = (String) row.get("name");
            checkup.add(new Finding(Code.UNIQUE_VALUE_SHARED, Mapping.PATIENT, column, "in column " + column + ", which DHIS2 wants to be unique ("
                    + columns(mappings).get(column) + "), " + row.get("patients") + " patients share "
                    + row.get("shared") + (((Number) row.get("shared")).intValue() == 1 ? " value." : " values."), "Correct them in the clinic, or merge the patients who are one person.",
                    ((Number) row.get("pending")).longValue(), "patients " + row.get("example")));
        }
    }

    /** Takes the row of {@code routes/sql/check-searched.sql}. */
    public void searched(Checkup checkup, Mappings mappings, Map<String, Object> row) {
        Mapping patient = mappings.patient();
        if (patient == null) {
            return;
        }
        if (patient.searchable().isEmpty()) {
            checkup.add(new Finding(Code.NOT_SEARCHABLE, Mapping.PATIENT, null, "no column is chosen to search patients by.",
                    "Whoever is in DHIS2 already, from another clinic, is made a second time. Choose a column such as uic.", 0, null));
            return;
        }
        long patients = ((Number) row.get("patients")).longValue();
        if (patients > 0) {
            checkup.add(new Finding(Code.NOT_SEARCHABLE, Mapping.PATIENT, String.join(", ", patient.searchable()), patients
                    + (patients == 1 ? " patient with pending events has nothing in " : " patients with pending events have nothing in ") + String.join(", ", patient.searchable()) + ", by which patients are searched.",
                    "Whoever of them is in DHIS2 already is made a second time. Fill it in the clinic.", ((Number) row.get("pending")).longValue(),
                    "patient " + row.get("example")));
        }
    }

    /** Takes rows of {@code routes/sql/check-org-units.sql}. */
    public void orgUnits(Checkup checkup, List<Map<String, Object>> rows) {
        for (Map<String, Object> row : rows) {
            boolean ofPatients = Boolean.TRUE.equals(row.get("of_patients"));
            String unit = (String) row.get("unit");
            checkup.add(new Finding(ofPatients ? Code.PATIENT_ORG_UNIT_UNKNOWN : Code.ORG_UNIT_CODE_UNKNOWN, null, ofPatients ? null : unit, ofPatients
                    ? "Patients have an org unit that is not among those that DHIS2 told us of."
                    : "Encounters have the org unit code " + unit + ", which no org unit in DHIS2 has.", ofPatients
                    ? "DHIS2 may refuse these patients. Correct it in the clinic."
                    : "Their events go to the site's own org unit. Give the org unit that code in DHIS2, or correct it in the clinic.",
                    ((Number) row.get("pending")).longValue(), ofPatients ? "'" + unit + "'" : null));
        }
    }
}
