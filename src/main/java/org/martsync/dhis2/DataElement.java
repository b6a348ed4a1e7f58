package org.martsync.dhis2;

/**
 * A question of a program stage.
 *
 * @param compulsory whether the stage demands an answer; when it is demanded is said by {@link ProgramStage#strict}
 * @param options the choices, or null where any value of the type will do
 */
public record DataElement(String id, String name, ValueType type, boolean compulsory, OptionSet options) implements Labelled {
}
