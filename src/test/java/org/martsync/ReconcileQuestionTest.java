package org.martsync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.reconcile.Reconcile.Repair;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import picocli.CommandLine;

/** What {@code reconcile --repair} does with the answer of who is asked at the terminal; its routes are played. */
@ExtendWith(OutputCaptureExtension.class)
class ReconcileQuestionTest {

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final List<String> asked = new ArrayList<>();
    private int repairs;
    private int repairable = 3;

    @BeforeEach
    void play() throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:reconcile").log("compared");
                from("direct:reconcile-report").process(exchange -> exchange.getMessage().setBody(List.of(Map.of("thing", "event",
                        "kind", "missing", "field", "", "findings", 5, "repairable", repairable, "events", "[1, 2, 3, 4, 5]", "details", "[]"))));
                from("direct:reconcile-repair").process(exchange -> {
                    repairs++;
                    exchange.getMessage().setBody(new Repair(3, 3, "3 events queued."));
                });
            }
        });
        camel.start();
    }

    @AfterEach
    void stop() {
        camel.stop();
    }

    @ParameterizedTest
    @ValueSource(strings = {"y", "Y", "yes", " y "})
    void whoAgreesHasThemQueuedOnce(String answer, CapturedOutput output) {
        assertThat(repair(question -> answer)).isEqualTo(1);

        assertThat(asked).containsExactly("Queue 3 events again that are missing in DHIS2? The next run sends them. [y/N] ");
        assertThat(repairs).isEqualTo(1);
        assertThat(output.getOut()).endsWith("3 events queued." + System.lineSeparator());
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"n", "N", "no", "", "yellow"})
    void anyOtherAnswerAndTheEndOfTheInputQueueNothing(String answer, CapturedOutput output) {
        assertThat(repair(question -> answer)).isEqualTo(1);

        assertThat(asked).hasSize(1);
        assertThat(repairs).isZero();
        assertThat(output.getOut()).contains("events are missing in DHIS2").doesNotContain("queued");
    }

    @Test
    void whereNothingCanBeRepairedNobodyIsAsked() {
        repairable = 0;

        repair(question -> "y");

        assertThat(asked).isEmpty();
        assertThat(repairs).isZero();
    }

    @Test
    void whoSaysYesBeforeIsNotAsked() {
        repair(question -> "n", "--yes");

        assertThat(asked).isEmpty();
        assertThat(repairs).isEqualTo(1);
    }

    private int repair(UnaryOperator<String> person, String... more) {
        ReconcileCommand command = new ReconcileCommand(question -> {
            asked.add(question);
            return person.apply(question);
        });
        new CommandLine(command).parseArgs(Stream.concat(Stream.of("--repair"), Stream.of(more)).toArray(String[]::new));
        return command.reconcile(camel.createProducerTemplate());
    }
}
