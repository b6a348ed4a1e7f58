package org.martsync.sites;

import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.martsync.settings.Arguments;
import org.martsync.settings.WhyNotStarted;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.boot.web.servlet.context.AnnotationConfigServletWebApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * The program for one of several sites: all of it but the web server and the login, which are there once for all. Its pages and
 * its API are reached through {@link #answer}.
 */
public final class OneSite {

    /** Told by Camel in each line that a route writes, see {@code logging.pattern.console}. */
    private static final String NAME_IN_LOG = "camel.contextId";
    private static final Logger LOG = LoggerFactory.getLogger("sites");
    private static final List<String> THERE_ONCE_FOR_ALL = List.of(".security.", "io.hawt.", "org.jolokia.");

    private final String name;
    private final List<String> arguments;
    private volatile ConfigurableApplicationContext program;
    private volatile DispatcherServlet pages;
    private volatile String problem = "It is starting.";
    private String told;
    private boolean stopped;

    /** @param arguments its settings, {@code --name=value} */
    public OneSite(String name, List<String> arguments) {
        this.name = name;
        this.arguments = arguments;
    }

    public String name() {
        return name;
    }

    /** A part of its program, or null while it has not started. */
    public <T> T part(Class<T> type) {
        ConfigurableApplicationContext running = program;
        return running == null ? null : running.getBean(type);
    }

    /** Why it has not started, in a sentence; null when it has. */
    public String problem() {
        return problem;
    }

    /**
     * Starts it. What hinders it is told in the log when it is another thing than the last time.
     *
     * @param application the program, not yet started
     * @param web in which its pages are served
     * @return whether it started
     */
    boolean start(SpringApplication application, ServletContext web) {
        ConfigurableApplicationContext started = null;
        MDC.put(NAME_IN_LOG, name);
        try {
            started = WhyNotStarted.toldByCaller(() -> prepared(application, web).run(allArguments()));
            DispatcherServlet dispatcher = started.getBean(DispatcherServlet.class);
            dispatcher.init(new NameOnly(name, web));
            if (taken(started, dispatcher)) {
                LOG.info("has started");
            }
            return true;
        } catch (Throwable notStarted) {
            if (started != null) {
                started.close();
            }
            tell(notStarted);
            return false;
        } finally {
            MDC.remove(NAME_IN_LOG);
        }
    }

    /** Whether it goes on from here: it may have been stopped meanwhile. */
    private synchronized boolean taken(ConfigurableApplicationContext started, DispatcherServlet dispatcher) {
        if (stopped) {
            started.close();
            return false;
        }
        pages = dispatcher;
        program = started;
        problem = null;
        return true;
    }

    private synchronized void tell(Throwable notStarted) {
        if (stopped) {
            return;
        }
        List<String> why = WhyNotStarted.of(notStarted).sentences();
        problem = why.isEmpty() ? "It cannot start: the log says why." : String.join(" ", why);
        String now = why.isEmpty() ? notStarted.toString() : problem;
        if (now.equals(told)) {
            return;
        }
        told = now;
        if (why.isEmpty()) {
            LOG.error("has not started, and is tried again", notStarted);
        } else {
            LOG.warn("has not started, and is tried again: {}", problem);
        }
    }

    private static SpringApplication prepared(SpringApplication application, ServletContext web) {
        application.setApplicationContextFactory(type -> {
            AnnotationConfigServletWebApplicationContext context = new AnnotationConfigServletWebApplicationContext();
            context.setServletContext(web);
            return context;
        });
        application.setListeners(application.getListeners().stream().filter(one -> !(one instanceof LoggingApplicationListener)).toList());
        application.setRegisterShutdownHook(false);
        application.setLogStartupInfo(false);
        return application;
    }

    private String[] allArguments() {
        List<String> fixed = List.of(
                "--martsync.site=" + name,
                "--camel.main.name=" + name,
                "--camel.main.use-mdc-logging=true",
                "--camel.main.run-controller=false",
                "--management.endpoints.jmx.exposure.exclude=*",
                "--management.endpoints.web.exposure.include=health,metrics,prometheus",
                // else each start that fails would leave a registry behind for good
                "--management.metrics.use-global-registry=false",
                "--spring.autoconfigure.exclude=" + String.join(",", candidates(THERE_ONCE_FOR_ALL)));
        return Arguments.replaced(arguments, fixed).toArray(String[]::new);
    }

    /** The automatic parts of these packages. */
    public static List<String> candidates(List<String> packages) {
        return ImportCandidates.load(AutoConfiguration.class, OneSite.class.getClassLoader()).getCandidates().stream()
                .filter(candidate -> packages.stream().anyMatch(candidate::contains)).toList();
    }

    /**
     * Answers a request to its pages or its API.
     *
     * @param request with the site's part of the path in its context path
     */
    void answer(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        try (MDC.MDCCloseable inLog = MDC.putCloseable(NAME_IN_LOG, name)) {
            pages.service(request, response);
        }
    }

    /** Ends it, for good: batches on their way are finished. */
    void stop() {
        ConfigurableApplicationContext running;
        synchronized (this) {
            stopped = true;
            running = program;
            program = null;
            problem = "It has stopped.";
        }
        if (running != null) {
            try (MDC.MDCCloseable inLog = MDC.putCloseable(NAME_IN_LOG, name)) {
                running.close();
            }
        }
    }

    private record NameOnly(String getServletName, ServletContext getServletContext) implements ServletConfig {

        @Override
        public String getInitParameter(String parameter) {
            return null;
        }

        @Override
        public Enumeration<String> getInitParameterNames() {
            return Collections.emptyEnumeration();
        }
    }
}
