package org.martsync.routes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.apache.camel.Component;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.NoSuchEndpointException;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.dsl.yaml.common.exception.YamlDeserializationException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.spring.spi.ApplicationContextBeanRepository;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.PluginHelper;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.springframework.context.ApplicationContext;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Lets Camel make routes apart from those that run, with the same beans and settings, and without a tick or a file that
 * sets them going: Camel loses some of a file's routes when it is given one that it cannot make.
 */
final class TryOut {

    /** Where a route may begin while it is tried; any other beginning is made, but not waited at. */
    private static final Set<String> HARMLESS = Set.of("direct", "seda");
    /** Shares the program's clock, and would stop it with the trial. */
    private static final String CLOCK = "quartz";

    private final ApplicationContext beans;

    TryOut(ApplicationContext beans) {
        this.beans = beans;
    }

    /** What Camel says against these routes of a set, the first of each route. */
    List<Problem> problems(RouteSet set, Collection<RoutePart> routes) {
        List<Problem> problems = new ArrayList<>();
        try (DefaultCamelContext apart = new DefaultCamelContext(new DefaultRegistry(beansButComponents()))) {
            apart.disableJMX();
            apart.setSourceLocationEnabled(true);
            apart.getPropertiesComponent().addPropertiesSource(settings());
            apart.start();
            set.others().forEach(other -> attempt(other, problems, () -> PluginHelper.getRoutesLoader(apart).loadRoutes(other.resource())));
            routes.forEach(route -> attempt(route, problems, () -> make(apart, route)));
            routes.forEach(route -> route.statements().forEach((file, text) -> problems.addAll(expressions(apart, new Statement(file, text)))));
        } catch (Exception unclosed) {
            throw new IllegalStateException(unclosed);
        }
        return problems;
    }

    private static void make(DefaultCamelContext apart, RoutePart part) throws Exception {
        for (RoutesBuilder builder : PluginHelper.getRoutesLoader(apart).findRoutesBuilders(part.resource())) {
            RouteBuilder routes = (RouteBuilder) builder;
            routes.configureRoutes(apart);
            for (RouteDefinition route : routes.getRouteCollection().getRoutes()) {
                String uri = apart.resolvePropertyPlaceholders(route.getInput().getEndpointUri());
                String scheme = uri.replaceFirst(":.*", "");
                if (!HARMLESS.contains(scheme)) {
                    if (!scheme.equals(CLOCK)) {
                        apart.getEndpoint(uri);
                    }
                    route.getInput().setUri("direct:apart-" + part.id());
                }
                route.setAutoStartup("true");
                apart.addRouteDefinition(route);
            }
        }
    }

    /** A statement's expressions are read by Camel when it is run; so here each is read once before. */
    private static List<Problem> expressions(DefaultCamelContext apart, Statement statement) {
        List<Problem> problems = new ArrayList<>();
        for (Statement.Parameter parameter : statement.parameters()) {
            try {
                if (parameter.name().startsWith("${")) {
                    apart.resolveLanguage("simple").createExpression(parameter.name());
                }
            } catch (RuntimeException refused) {
                problems.add(new Problem(statement.file(), parameter.line(), Problem.oneLine(refused.getMessage().replaceFirst("(?s) at location \\d+\\n.*", ""))));
            }
        }
        return problems;
    }

    private interface Making {
        void make() throws Exception;
    }

    private static void attempt(RoutePart part, List<Problem> problems, Making making) {
        try {
            making.make();
        } catch (Exception refused) {
            problems.add(new Problem(part.file(), line(refused, part), reason(refused)));
        }
    }

    private static int line(Throwable refused, RoutePart part) {
        for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
            if (cause instanceof MarkedYamlEngineException yaml && yaml.getProblemMark().isPresent()) {
                return yaml.getProblemMark().get().getLine() + 1;
            }
            if (cause instanceof ResolveEndpointFailedException endpoint) {
                return lineOf(address(endpoint.getUri()), part.node(), part.line());
            }
            if (cause instanceof NoSuchEndpointException endpoint) {
                return lineOf(address(endpoint.getUri()), part.node(), part.line());
            }
            if (cause instanceof FailedToCreateRouteException failed && failed.getLocation() != null
                    && failed.getLocation().matches(".*:\\d+")) {
                return Integer.parseInt(failed.getLocation().replaceFirst(".*:", ""));
            }
        }
        return part.line();
    }

    private static int lineOf(String address, Node node, int otherwise) {
        if (node instanceof ScalarNode text && address(text.getValue()).equals(address)) {
            return text.getStartMark().getLine() + 1;
        }
        List<Node> inside = new ArrayList<>();
        if (node instanceof SequenceNode list) {
            inside.addAll(list.getValue());
        } else if (node instanceof MappingNode map) {
            map.getValue().forEach(one -> inside.add(one.getValueNode()));
        }
        return inside.stream().mapToInt(one -> lineOf(address, one, 0)).filter(line -> line > 0).findFirst().orElse(otherwise);
    }

    /** Without parameters, and without the slashes that Camel puts into it. */
    private static String address(String uri) {
        return uri.replaceFirst("\\?.*", "").replaceFirst("://", ":");
    }

    /** The innermost message says what is wrong, those around it which route it is. */
    private static String reason(Throwable refused) {
        Throwable innermost = refused;
        while (innermost.getCause() != null && innermost.getCause().getMessage() != null && !(innermost instanceof YamlDeserializationException)) {
            innermost = innermost.getCause();
        }
        if (innermost instanceof NoSuchEndpointException || innermost instanceof ResolveEndpointFailedException) {
            return Problem.oneLine(innermost.getMessage().replaceFirst(", please check.*", "")
                    .replaceFirst("No endpoint could be found for: ([\\w+.-]+)://(.*)", "there is no component for $1:$2 (is it misspelt, or is its library missing in lib.d/?)"));
        }
        return Problem.oneLine(innermost instanceof MarkedYamlEngineException yaml ? yaml.getProblem() : innermost.getMessage());
    }

    /** A component belongs to one Camel and stops with it, so the trial makes its own. */
    private BeanRepository beansButComponents() {
        return new ApplicationContextBeanRepository(beans) {
            @Override
            public Object lookupByName(String name) {
                Object bean = super.lookupByName(name);
                return bean instanceof Component ? null : bean;
            }

            @Override
            public <T> T lookupByNameAndType(String name, Class<T> type) {
                T bean = super.lookupByNameAndType(name, type);
                return bean instanceof Component ? null : bean;
            }
        };
    }

    private PropertiesSource settings() {
        return new PropertiesSource() {
            @Override
            public String getName() {
                return "settings";
            }

            @Override
            public String getProperty(String name) {
                return beans.getEnvironment().getProperty(name);
            }
        };
    }
}
