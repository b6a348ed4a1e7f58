package org.martsync.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.springframework.core.io.ClassPathResource;

/**
 * The invented DHIS2 program of the demo and the country it runs in, as DHIS2 would tell of them.
 *
 * <p>Four stages: Screening, Counselling and Treatment may repeat, First visit may not; Treatment has a compulsory
 * element and asks for it at every save.
 */
public final class DemoProgram {

    public static final String PROGRAM = "DmProgram01";
    public static final String TRACKED_ENTITY_TYPE = "DmPerson001";

    public static final String SCREENING = "DmScreening";
    public static final String COUNSELLING = "DmCounsel01";
    public static final String FIRST_VISIT = "DmFirstVis1";
    public static final String TREATMENT = "DmTreatment";

    public static final String UIC = "DmAttrUic01";
    public static final String PATIENT_IDENTIFIER = "DmAttrPid01";
    public static final String GENDER = "DmAttrGen01";
    public static final String DATE_OF_BIRTH = "DmAttrDob01";
    public static final String PHONE = "DmAttrTel01";
    public static final String ADDRESS = "DmAttrAdr01";

    /** The org unit all searches start from. */
    public static final String COUNTRY = "DmCountry01";
    /** The org unit of the clinic whose database this is. */
    public static final String SITE = "DmClinic001";
    public static final String SITE_CODE = "DM_01";
    /** Another clinic, where some of the site's encounters take place. */
    public static final String OUTREACH = "DmClinic002";
    public static final String OUTREACH_CODE = "DM_02";

    private DemoProgram() {
    }

    /** The answer to {@code GET /api/programs/DmProgram01?fields=…}, in the shape of recording 003. */
    public static String metadata() {
        return read("demo/program.json");
    }

    /** The answer to {@code GET /api/organisationUnits?…}, in the shape of recording 004. */
    public static String orgUnits() {
        return read("demo/org-units.json");
    }

    static String read(String resource) {
        try {
            return new ClassPathResource(resource).getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
