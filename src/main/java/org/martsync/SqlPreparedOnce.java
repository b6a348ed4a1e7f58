package org.martsync;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.camel.Endpoint;
import org.apache.camel.component.sql.DefaultSqlPrepareStatementStrategy;
import org.apache.camel.component.sql.SqlComponent;
import org.apache.camel.component.sql.SqlEndpoint;
import org.apache.camel.component.sql.SqlHelper;
import org.postgresql.core.NativeQuery;
import org.postgresql.core.Parser;

/**
 * Camel's SQL component, which sends each statement to PostgreSQL to be parsed once a connection.
 *
 * <p>Camel asks the driver for the number of a statement's parameters before each execution, without their types.
 * The driver then gives up the statement it had prepared with types, and PostgreSQL parses it anew, twice each time.
 * So the parameters are counted here, when the statement is read; {@code parametersCount} in a route goes before.
 */
final class SqlPreparedOnce extends SqlComponent {

    SqlPreparedOnce(DataSource dataSource) {
        setDataSource(dataSource);
    }

    /**
     * For each parameter of a statement Camel tries to make a map of the body, and looks through all its converters each
     * time it is none. An answer to {@code convertTo} it remembers, so it is asked once here for what bodies mostly are.
     */
    @Override
    protected void doStart() throws Exception {
        super.doStart();
        for (Object body : List.of("", new ArrayList<>(), List.of())) {
            getCamelContext().getTypeConverter().convertTo(Map.class, body);
        }
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        SqlEndpoint endpoint = (SqlEndpoint) super.createEndpoint(uri, remaining, parameters);
        if (endpoint.getParametersCount() == 0) {
            endpoint.setParametersCount(count(endpoint));
        }
        return endpoint;
    }

    /** A list of values (:#in:, of which Camel makes :?in:) has as many parameters as values, which only a message tells: it is left to the driver. */
    private int count(SqlEndpoint endpoint) throws Exception {
        String statement = SqlHelper.resolveQuery(getCamelContext(), endpoint.getQuery(), endpoint.getPlaceholder());
        if (statement.contains(":?in:")) {
            return 0;
        }
        String prepared = new DefaultSqlPrepareStatementStrategy().prepareQuery(statement, endpoint.isAllowNamedParameters(), null);
        return Parser.parseJdbcSql(prepared, true, true, true, false, false).stream()
                .mapToInt(SqlPreparedOnce::parameters).sum();
    }

    private static int parameters(NativeQuery query) {
        return query.bindPositions.length;
    }
}
