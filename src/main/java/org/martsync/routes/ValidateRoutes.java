package org.martsync.routes;

import java.util.ArrayList;
import java.util.List;

/** Looks at all route files once, without a database. */
public final class ValidateRoutes {

    private final RouteSet set;
    private final CheckRoutes check;
    private final TryOut tryOut;

    ValidateRoutes(RouteFiles files, CheckRoutes check, TryOut tryOut) {
        this.set = RouteSet.of(files.read(), files.directories());
        this.check = check;
        this.tryOut = tryOut;
    }

    /** Everything that is wrong, one sentence each; what Camel says only of routes that name nothing in vain. */
    public List<String> problems() {
        List<Problem> problems = new ArrayList<>(check.problems(set));
        List<RoutePart> sound = set.routes().values().stream().filter(route -> problems.stream().noneMatch(route::holds)).toList();
        problems.addAll(tryOut.problems(set, sound));
        return problems.stream().map(Problem::toString).distinct().toList();
    }

    /** "43 routes in 12 files, 70 SQL files". */
    public String looked() {
        long statements = set.texts().keySet().stream().filter(Statement::isIn).count();
        return set.routes().size() + " routes in " + (set.texts().size() - statements) + " files, " + statements + " SQL files";
    }
}
