package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.martsync.check.Checkup;
import org.martsync.check.Report;
import org.martsync.reconcile.Reconciliation;
import org.martsync.words.Words;

/** Clinics whose clerks read Portuguese or French, from the check before to the comparison after. */
class SpokenLanguagesTest {

    @AfterEach
    void english() {
        Words.speak("en", Path.of("none"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            pt | 'muito' não é um número. Corrija a coluna f_number do formulário visit_form.
            fr | 'muito' n'est pas un nombre. Corrigez la colonne f_number du formulaire visit_form.
            """)
    void whatIsWrongWithAValueIsSaidAlikeBeforeWhileAndAfterItIsSent(String language, String sentence) {
        try (WholeChain chain = WholeChain.start("words.language=" + language)) {
            chain.reset();
            chain.patients(2);
            int arrived = chain.visit(1, Map.of("f_text", "x", "f_number", "7"));
            int wrong = chain.visit(2, Map.of("f_number", "muito"));
            ProducerTemplate camel = chain.program.bean(ProducerTemplate.class);

            Checkup checkup = camel.requestBody("direct:check", new Checkup(Instant.now(), "", 100, 100), Checkup.class);
            assertThat(new Report(checkup, ZoneOffset.UTC, true).text()).contains("event " + wrong + ": ").contains(sentence);

            chain.program.run();
            chain.assertEvent(wrong).isRejectedBecause(sentence);

            chain.clinic.jdbc().update("UPDATE visit_form SET f_number = 'muito' WHERE encounter_id = ?", chain.encounterOf(arrived));
            camel.requestBody("direct:reconcile", new Reconciliation(Instant.now(), null, true), Reconciliation.class);
            assertThat(chain.clinic.jdbc().queryForList("SELECT event_id || ' ' || kind || ' ' || reason FROM sync_reconcile_finding", String.class))
                    .singleElement().asString().startsWith(arrived + " not_compared ").contains(sentence);
        }
    }
}
