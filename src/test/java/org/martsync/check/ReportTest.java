package org.martsync.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.thymeleaf.context.Context;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

class ReportTest {

    private static Report ofThree() {
        Checkup checkup = new Checkup(Instant.EPOCH, "", 10, 10);
        checkup.add(new Finding(Code.ORG_UNIT_CODE_UNKNOWN, null, "ZW_1", "A code is unknown.", "Correct it.", 900, null));
        checkup.add(new Finding(Code.MAPPING_UNUSABLE, "Few", null, "few are held.", "Mend it.", 3, null));
        checkup.add(new Finding(Code.MAPPING_UNUSABLE, "Many", null, "many are held.", "Mend it.", 20, null));
        checkup.pending(Map.of("Few", 3L, "Many", 20L, "Good", 900L));
        return new Report(checkup, ZoneOffset.UTC, true);
    }

    @Test
    void whatHoldsBackTheMostComesFirstAndWarningsBehindIt() {
        assertThat(ofThree().text()).containsSubsequence("20  MAPPING_UNUSABLE  Many", "3  MAPPING_UNUSABLE  Few", "900  ORG_UNIT_CODE_UNKNOWN");
        assertThat(html(ofThree())).containsSubsequence("Holds events back", "20 events", "many are held.", "3 events", "few are held.",
                "Events arrive, but perhaps not as you think", "900 events", "A code is unknown.");
    }

    @Test
    void whatStopsAllComesFirstWithAllPendingEvents() {
        Report report = ofThree();
        report.checkup().add(Finding.of(Code.ORG_UNIT_UNKNOWN, "DHIS2 has no such org unit.", "Correct it."));

        assertThat(report.text()).containsSubsequence("923  ORG_UNIT_UNKNOWN", "20  MAPPING_UNUSABLE  Many", "3  MAPPING_UNUSABLE  Few");
        assertThat(html(report)).containsSubsequence("Nothing arrives until this is mended", "923 events", "DHIS2 has no such org unit.", "many are held.");
    }

    private static String html(Report report) {
        ClassLoaderTemplateResolver templates = new ClassLoaderTemplateResolver();
        templates.setPrefix("templates/");
        templates.setSuffix(".html");
        SpringTemplateEngine engine = new SpringTemplateEngine();
        engine.setTemplateResolver(templates);
        Context context = new Context(Locale.ENGLISH);
        context.setVariable("report", report);
        return engine.process("report", context);
    }
}
