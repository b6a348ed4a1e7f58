package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.martsync.clinic.LogRow;
import org.martsync.words.Words;

/** A clinic whose clerks read French. */
class LanguageTest {

    @RegisterExtension
    private static final WholeChain chain = WholeChain.with("words.language=fr");

    @BeforeEach
    void twoPatients() {
        chain.patients(2);
    }

    @AfterAll
    static void english() {
        Words.speak("en", Path.of("none"));
    }

    @Test
    void theReasonsInTheLogAreInTheSitesLanguage() {
        int value = chain.visit(1, Map.of("f_number", "beaucoup", "f_date", "2024-02-30"));
        int nobody = chain.clinic.pending(null, "Visit", "1");

        chain.program.run();

        assertThat(reason(value)).contains("'beaucoup' n'est pas un nombre. Corrigez la colonne f_number du formulaire visit_form.")
                .contains("'2024-02-30' est un jour qui n'existe pas");
        assertThat(reason(nobody)).isEqualTo("L'événement ne nomme aucun patient (patient_id est vide). Enregistrez de nouveau la visite à la clinique.");
    }

    @Test
    void whatDhis2RefusesIsToldInTheSitesLanguageBeforeItsOwnWords() {
        chain.clinic.mapping("Unit", WholeChain.VISIT_MAPPING.replace("VtElem00001", "VtElem00022"), WholeChain.EMPTY_CONFIG);
        int encounter = chain.encounter(1);
        chain.clinic.form("visit_form", encounter, 1, Map.of("f_text", "NoSuchUnit1"), WholeChain.MORNING);
        int refused = chain.clinic.pending(1, "Unit", encounter);

        chain.program.run();

        assertThat(reason(refused)).startsWith("DHIS2 n'accepte pas cette valeur. Corrigez-la dans le formulaire, ou dans l'enregistrement du patient. DHIS2 dit : ")
                .endsWith(" [E1007]");
    }

    @Test
    void whatIsWrongWithAMappingIsSaidInTheSitesLanguageToo() {
        chain.clinic.mapping("Astray", WholeChain.VISIT_MAPPING.replace("VtStage0001", "VtStage0009"), WholeChain.EMPTY_CONFIG);
        chain.clinic.mapping("Elsewhere", WholeChain.VISIT_MAPPING, "{\"program\": \"NoSuchPrg01\"}");
        int astray = chain.clinic.pending(1, "Astray", chain.encounter(1));
        int elsewhere = chain.clinic.pending(1, "Elsewhere", chain.encounter(1));

        chain.program.run();

        assertThat(reason(astray)).startsWith("La correspondance Astray nomme l'étape de programme VtStage0009, que le programme Key populations (vatFxlZR2lj) n'a pas.")
                .endsWith("nommez ce programme dans la config.");
        assertThat(reason(elsewhere)).isEqualTo("La correspondance Elsewhere nomme dans sa config le programme NoSuchPrg01, qui ne peut pas être utilisé : "
                + "DHIS2 ne l'a pas, ou ne le laisse pas voir à cet utilisateur. Corrigez-le, ou retirez-le et les réglages s'appliquent.");
    }

    private static String reason(int event) {
        return chain.clinic.logOf(event).stream().map(LogRow::statusInfo).reduce((first, last) -> last).orElseThrow();
    }
}
