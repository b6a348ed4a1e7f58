package org.martsync.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TracedMessagesTest {

    @Test
    void whatIsEscapedAlreadyStaysAsItIs() {
        String escaped = "<body>a&#10;b&#x1F600;c &lt;d&gt; &amp; &quot;e&quot; &apos;</body>";
        assertThat(TracedMessages.whole(escaped)).isEqualTo(escaped);
    }

    @Test
    void aBareAmpersandIsEscaped() {
        assertThat(TracedMessages.whole("<endpointUri>seda://a?b=1&c=2&#d&#x;&#;&</endpointUri>"))
                .isEqualTo("<endpointUri>seda://a?b=1&amp;c=2&amp;#d&amp;#x;&amp;#;&amp;</endpointUri>");
    }

    @Test
    void whatXmlCannotHoldBecomesABlank() {
        assertThat(TracedMessages.whole("<body>a\u0001b\uFFFFc\td</body>")).isEqualTo("<body>a b c\td</body>");
    }

    @Test
    void aMessageWithAllThatShowsItsSteps() {
        assertThat(TracedMessages.stepsOnly("<backlogTracerEventMessage><routeId>a&#10;b</routeId><endpointUri>x?a=1&b=2</endpointUri>"
                + "<message><body>Tendai&#10;\u0001</body></message></backlogTracerEventMessage>"))
                .isEqualTo("<backlogTracerEventMessage><routeId>a\nb</routeId></backlogTracerEventMessage>");
    }
}
