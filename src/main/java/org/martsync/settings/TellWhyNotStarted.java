package org.martsync.settings;

import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Prints a sentence a problem on stderr in place of a stack trace, when the start failed for a reason a person can put right. */
@Order(Ordered.HIGHEST_PRECEDENCE)
class TellWhyNotStarted implements SpringBootExceptionReporter {

    TellWhyNotStarted(ConfigurableApplicationContext context) {
    }

    /** Whether the failure was told; if not, Spring Boot tells it in its own way. */
    @Override
    public boolean reportException(Throwable failure) {
        if (WhyNotStarted.CALLER_TELLS.get()) {
            return true;
        }
        WhyNotStarted why = WhyNotStarted.of(failure);
        why.sentences().forEach(System.err::println);
        return !why.sentences().isEmpty();
    }
}
