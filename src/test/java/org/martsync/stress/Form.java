package org.martsync.stress;

/**
 * Whether a kind of stress is tried in short, as each {@code verify} does, or for long, as {@code -Pstress} does.
 *
 * <p>Each number can be set by itself, for instance {@code ./mvnw -Pstress verify -Dstress.kills=30}.
 */
final class Form {

    private Form() {
    }

    /** Tells whether this is the long form. */
    static boolean isLong() {
        return "long".equals(System.getProperty("stress"));
    }

    /** Gives how many of something, of {@code -Dstress.<name>} where it is set. */
    static int of(String name, int inShort, int inLong) {
        return Integer.getInteger("stress." + name, isLong() ? inLong : inShort);
    }

    /** Gives the seed of what is left to chance: {@code -Dstress.seed}, else one of the moment. Print it. */
    static long seed() {
        return Long.getLong("stress.seed", System.nanoTime() & 0xffffff);
    }
}
