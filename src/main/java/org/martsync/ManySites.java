package org.martsync;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jolokia.server.core.request.JolokiaObjectNameRequest;
import org.martsync.console.ConsoleLogin;
import org.martsync.operate.KeepRefusals;
import org.martsync.page.PageFrame;
import org.martsync.page.SitesPage;
import org.martsync.settings.CheckSitesAtStart;
import org.martsync.sites.IntoSite;
import org.martsync.sites.OneSite;
import org.martsync.sites.SideBySide;
import org.martsync.sites.Sites;
import org.martsync.settings.SitesSettings;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthEndpoint;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.security.SecurityProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.security.authorization.event.AuthorizationDeniedEvent;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * The program where it serves several sites: the web server, the login and the page over all, and for each site a program of
 * its own within it.
 *
 * <p>No {@code @Configuration}, since the search for parts of a site's program would find it.
 */
@EnableAutoConfiguration
@Import({ConsoleLogin.class, PageFrame.class, SitesPage.class})
class ManySites {

    private static final Duration BETWEEN_TRIES_TO_START = Duration.ofSeconds(30);
    private static final Duration LONGEST_WAIT_OF_A_PROBE = Duration.ofSeconds(5);
    private static final List<String> EACH_SITE_HAS_ITS_OWN = List.of("org.apache.camel.", ".jdbc.", ".flyway.", ".quartz.", ".springdoc.");

    private final SitesSettings settings;

    private ManySites(SitesSettings settings) {
        this.settings = settings;
    }

    /** The program for these sites, not yet started. */
    static SpringApplication application(SitesSettings settings) {
        SpringApplication application = new SpringApplication(ManySites.class);
        application.setDefaultProperties(Map.of("martsync.sites", "true",
                "spring.autoconfigure.exclude", String.join(",", OneSite.candidates(EACH_SITE_HAS_ITS_OWN))));
        application.addListeners(new CheckSitesAtStart(settings));
        application.addInitializers(context -> context.getBeanFactory().registerSingleton("sitesSettings", settings));
        return application;
    }

    @Bean
    Clock clock() {
        return Clock.systemDefaultZone();
    }

    @Bean
    Sites sites(ServletContext web) {
        return new Sites(settings.names().stream().map(name -> new OneSite(name, settings.arguments(name))).toList(),
                MartSync::application, web, BETWEEN_TRIES_TO_START);
    }

    @Bean
    FilterRegistrationBean<OncePerRequestFilter> pathOfSite(Sites sites) {
        return before(IntoSite.path(sites), SecurityProperties.DEFAULT_FILTER_ORDER - 1);
    }

    @Bean
    FilterRegistrationBean<OncePerRequestFilter> doorOfSite() {
        return before(IntoSite.door(), Ordered.LOWEST_PRECEDENCE);
    }

    @Bean
    RefusalsOfSites refusalsOfSites(Sites sites) {
        return new RefusalsOfSites(sites);
    }

    /** Has a site keep in its audit who was refused what there, since the login is there once for all; what the console refuses of no site's own, each keeps. */
    record RefusalsOfSites(Sites sites) {

        @EventListener
        void refused(AuthorizationDeniedEvent<?> refusal) {
            Optional<OneSite> site = refusal.getObject() instanceof HttpServletRequest request ? IntoSite.of(request)
                    : refusal.getObject() instanceof JolokiaObjectNameRequest jmx && jmx.getObjectName() != null
                            ? Stream.of("site", "context").map(jmx.getObjectName()::getKeyProperty).filter(Objects::nonNull).findFirst().flatMap(sites::named)
                            : Optional.empty();
            boolean ofConsole = !(refusal.getObject() instanceof HttpServletRequest request) || request.getServletPath().startsWith("/actuator/");
            site.map(List::of).orElseGet(() -> ofConsole ? sites.all() : List.of()).stream().map(one -> one.part(KeepRefusals.class)).filter(Objects::nonNull)
                    .forEach(keep -> keep.refused(refusal));
        }
    }

    private static FilterRegistrationBean<OncePerRequestFilter> before(OncePerRequestFilter filter, int order) {
        FilterRegistrationBean<OncePerRequestFilter> registered = new FilterRegistrationBean<>(filter);
        registered.setOrder(order);
        return registered;
    }

    /** In {@code /actuator/health}: up when each site's own is. */
    @Bean
    HealthIndicator sitesHealthIndicator(Sites sites) {
        SideBySide<Status> each = new SideBySide<>(sites.all(), site -> site.part(HealthEndpoint.class).health().getStatus(),
                (site, problem) -> Status.DOWN, LONGEST_WAIT_OF_A_PROBE);
        return () -> {
            Map<String, Status> all = each.answers();
            return (all.values().stream().allMatch(Status.UP::equals) ? Health.up() : Health.down()).withDetails(all).build();
        };
    }
}
