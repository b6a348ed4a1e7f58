package org.martsync.routes;

import java.nio.file.Path;

/**
 * What is wrong with a file of routes or statements.
 *
 * @param line   counted from 1; 0 where none can be named
 * @param reason one line, without a full stop
 */
record Problem(Path file, int line, String reason) {

    static String oneLine(String text) {
        return text == null ? "no reason given" : text.strip().replaceAll("\\s+", " ");
    }

    /** "routes/customise.camel.yaml, line 12: no bean is named walks". */
    @Override
    public String toString() {
        return file + (line > 0 ? ", line " + line : "") + ": " + reason;
    }
}
