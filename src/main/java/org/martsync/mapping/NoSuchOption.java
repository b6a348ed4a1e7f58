package org.martsync.mapping;

/** A value that names no option. */
final class NoSuchOption extends NotConvertible {

    private final Problem.Missing missing;

    NoSuchOption(String message, Problem.Missing missing) {
        super(message);
        this.missing = missing;
    }

    /** The value, and the option that was perhaps meant. */
    Problem.Missing missing() {
        return missing;
    }
}
