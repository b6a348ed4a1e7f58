package org.martsync.settings;

import java.util.List;

/** The program cannot start with these route files; each problem is a sentence that names the file and the line. */
public class WrongRoutes extends RuntimeException {

    private final transient List<String> problems;

    public WrongRoutes(List<String> problems) {
        super(String.join(" ", problems));
        this.problems = List.copyOf(problems);
    }

    /** One sentence a problem. */
    public List<String> problems() {
        return problems;
    }
}
