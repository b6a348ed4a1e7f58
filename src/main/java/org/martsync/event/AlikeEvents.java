package org.martsync.event;

import java.util.List;

/** Events of a batch with one mapping and one org unit, which customise is told once for all of them. */
public final class AlikeEvents {

    // no record: Camel takes the hash of an object for each property that an expression reads of it, and the hash of a
    // record goes through everything in it

    private final String mapping;
    private final String program;
    private final String stage;
    private final String orgUnit;
    private final List<EventForms> events;

    AlikeEvents(String mapping, String program, String stage, String orgUnit, List<EventForms> events) {
        this.mapping = mapping;
        this.program = program;
        this.stage = stage;
        this.orgUnit = orgUnit;
        this.events = events;
    }

    /** The mapping's name. */
    public String mapping() {
        return mapping;
    }

    /** UID of the program. */
    public String program() {
        return program;
    }

    /** UID of the program stage. */
    public String stage() {
        return stage;
    }

    /** UID of the org unit where the events are placed. */
    public String orgUnit() {
        return orgUnit;
    }

    public List<EventForms> events() {
        return events;
    }
}
