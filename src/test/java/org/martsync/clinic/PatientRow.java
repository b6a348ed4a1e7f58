package org.martsync.clinic;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Map;

/** A patient who is in the clinic already; each call changes the row at once, so there is nothing to finish with. */
public final class PatientRow {

    private final Clinic clinic;
    private final int patientId;

    PatientRow(Clinic clinic, int patientId) {
        this.clinic = clinic;
        this.patientId = patientId;
    }

    public PatientRow identifier(String identifier) {
        return column("patient_identifier", identifier);
    }

    /** Sets the unique identification code; null for a patient who has none. */
    public PatientRow uic(String uic) {
        return column("uic", uic);
    }

    public PatientRow gender(String gender) {
        return column("gender", gender);
    }

    /** Sets the date of birth, which the flattener writes as a timestamp at midnight. */
    public PatientRow birthdate(LocalDate birthdate) {
        return column("birthdate", birthdate == null ? null : birthdate.atStartOfDay());
    }

    /** Sets the DHIS2 UID of the patient's org unit. */
    public PatientRow orgUnit(String uid) {
        return column("org_unit", uid);
    }

    public PatientRow created(LocalDateTime created) {
        return column("date_created", created);
    }

    /** Sets any column of table {@code patient}. */
    public PatientRow column(String name, Object value) {
        clinic.jdbc().update("UPDATE patient SET " + Clinic.quoted(name) + " = ? WHERE patient_id = ?", value, patientId);
        return this;
    }

    /** Sets many columns in one go. */
    public PatientRow columns(Map<String, ?> values) {
        clinic.update("patient", values, "patient_id", patientId);
        return this;
    }
}
