package org.martsync.dhis2;

import java.util.Map;

/**
 * A kind of event of a program.
 *
 * @param repeatable whether an enrolment may have several such events (otherwise E1039, recording 138)
 * @param strict whether compulsory data elements are demanded of every event (DHIS2: validationStrategy ON_UPDATE_AND_INSERT,
 *        recording 108) and not of completed ones only (ON_COMPLETE, recordings 105-107)
 * @param dataElements by id, in the order of the stage
 */
public record ProgramStage(String id, String name, boolean repeatable, boolean strict, Map<String, DataElement> dataElements)
        implements Labelled {
}
