package org.martsync.demo;

import java.time.LocalDate;
import java.util.List;
import java.util.Random;

/** Fills in the demo's forms with invented answers, the same ones every time for one seed. */
final class DemoForms {

    static final List<String> TEXTS = List.of(
            "N/A",
            "Doing well, next visit in a month",
            "Été passé à Kilimà, très fatiguée; ça va mieux",
            "She said \"it's nothing\", he said 'so be it'",
            "Path C:\\forms\\old or a/b//c; 50 % of <b>it</b> & more",
            "First line\nsecond line\r\nthird\tline",
            "Grüße 🙂 from the outreach team 👩🏽‍⚕️",
            "{\"not\": [\"json\"]} ${not.a.placeholder} {{nor.this}} #{nor.that}",
            "'; DROP TABLE log; --",
            "中文 العربية עברית ภาษาไทย");

    private static final List<String> PLACES = List.of("Amber Hill Clinic", "District hospital", "Dr. O'Neil / private");
    private static final LocalDate FIRST_DAY = LocalDate.of(2023, 1, 2);

    private final Random random;

    DemoForms(Random random) {
        this.random = random;
    }

    FilledForm screening(boolean woman) {
        boolean referred = random.nextInt(3) == 0;
        String place = any(PLACES);
        FilledForm form = FilledForm.of("Screening", DemoProgram.SCREENING, "demo_screening")
                .column("sc_signature", "A. T.").column("sc_room", "3").column("sc_not_mapped_at_all", "x");
        form = switch (random.nextInt(4)) { // an option is written by its name, its code, or not at all
            case 0 -> form.answer("sc_type_of_visit", "First visit", "DmScVisit01", "FIRST");
            case 1 -> form.answer("sc_type_of_visit", "Referred by partner / friend", "DmScVisit01", "REFERRED");
            case 2 -> form.answer("sc_type_of_visit", "FOLLOW_UP", "DmScVisit01");
            default -> form.column("sc_type_of_visit", null);
        };
        form = form.answer("sc_cough", random.nextBoolean() ? "true" : "false", "DmScCough01");
        form = chosen(form, "sc_consent", "DmScConse01");
        form = random.nextInt(5) == 0
                ? form.column("sc_date_of_last_test", "")
                : form.answer("sc_date_of_last_test", day(), "DmScLastT01");
        form = form.answer("sc_temperature", (35 + random.nextInt(5)) + "." + (1 + random.nextInt(9)), "DmScTempe01");
        int children = random.nextInt(7); // the flattener writes 2 as 2 or as 2.0
        form = form.answer("sc_number_of_children", random.nextBoolean() ? children + ".0" : "" + children,
                "DmScChild01", "" + children);
        form = form.answer("sc_methods", any(List.of("Pills", "Implant", "Pills,IUD")), "DmScMetho01");
        form = referred
                ? form.answer(woman ? "sc_referred_to_female" : "sc_referred_to_male", place, "DmScRefer01")
                        .column(woman ? "sc_referred_to_male" : "sc_referred_to_female", random.nextBoolean() ? "" : null)
                : form;
        return form.answer("sc_notes", any(TEXTS), "DmScNotes01");
    }

    FilledForm counselling() {
        FilledForm form = FilledForm.of("Counselling", DemoProgram.COUNSELLING, "demo_counselling");
        form = switch (random.nextInt(3)) {
            case 0 -> form.answer("co_topic", "Prevention", "DmCoTopic01", "PREVENTION");
            case 1 -> form.answer("co_topic", "Nutrition & well-being", "DmCoTopic01", "NUTRITION");
            default -> form.answer("co_topic", "ADHERENCE", "DmCoTopic01");
        };
        return form.answer("co_partner_present", random.nextBoolean() ? "true" : "false", "DmCoPartn01")
                .answer("co_minutes", "" + (5 + random.nextInt(56)), "DmCoMinut01")
                .answer("co_notes", any(TEXTS), "DmCoNotes01");
    }

    FilledForm firstVisit() {
        return FilledForm.of("First visit", DemoProgram.FIRST_VISIT, "demo_general_form")
                .answer("gf_reason", any(TEXTS), "DmFvReaso01")
                .answer("gf_unwell_since", day(), "DmFvSince01")
                .answer("gf_earlier_tests", "" + random.nextInt(4), "DmFvTests01")
                .column("gf_setting", random.nextBoolean() ? "Outreach" : "Clinic");
    }

    FilledForm treatment() {
        FilledForm form = FilledForm.of("Treatment", DemoProgram.TREATMENT, "demo_treatment");
        form = switch (random.nextInt(3)) {
            case 0 -> form.answer("tr_regimen", "Regimen A1", "DmTrRegim01", "A1");
            case 1 -> form.answer("tr_regimen", "Regimen C3 (second line)", "DmTrRegim01", "C3");
            default -> form.answer("tr_regimen", "B2", "DmTrRegim01");
        };
        form = form.answer("tr_start", day(), "DmTrStart01");
        form = chosen(form, "tr_side_nausea", "DmTrNause01");
        form = chosen(form, "tr_side_dizziness", "DmTrDizzy01");
        return chosen(form, "tr_side_headache", "DmTrHeada01");
    }

    /** One option of a multi-select: {@code true}, or one of the ways in which "not chosen" is written. */
    private FilledForm chosen(FilledForm form, String column, String dataElement) {
        return switch (random.nextInt(5)) {
            case 0 -> form.column(column, null);
            case 1 -> form.column(column, "");
            case 2 -> form.column(column, "false");
            default -> form.answer(column, "true", dataElement);
        };
    }

    private String day() {
        return FIRST_DAY.plusDays(random.nextInt(365)).toString();
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
