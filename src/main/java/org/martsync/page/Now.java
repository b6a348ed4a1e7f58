package org.martsync.page;

/**
 * How the program is at this moment, in the reader's words.
 *
 * @param running whether a run is going on in this program
 * @param paused whether somebody paused it
 * @param state a sentence: running, at rest or paused
 * @param next when a run begins by itself, or why none does
 * @param waiting how many events wait for their first try, or to be tried again
 * @param rejected how many wait for the next run because they were refused
 * @param sent how many events ended in the run that is going on
 * @param toDo how many that run is about, 0 while none is going on
 * @param problem what hinders it, or null
 */
public record Now(boolean running, boolean paused, String state, String next, long waiting, long rejected, long sent, long toDo, String problem) {
}
