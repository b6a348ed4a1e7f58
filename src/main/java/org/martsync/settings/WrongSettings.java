package org.martsync.settings;

import java.util.List;

/** The program cannot start with these settings; each problem is a sentence for the person who starts it. */
public class WrongSettings extends RuntimeException {

    private final transient List<String> problems;

    WrongSettings(List<String> problems) {
        super(String.join(" ", problems));
        this.problems = List.copyOf(problems);
    }

    /** One sentence a problem. */
    public List<String> problems() {
        return problems;
    }
}
