package org.martsync.dhis2;

/**
 * What a program knows of a person (DHIS2: tracked entity attribute).
 *
 * @param mandatory whether nobody can be enrolled without it (E1018, recording 111)
 * @param unique whether no two people may share a value (E1064, recording 133)
 * @param options the choices, or null where any value of the type will do
 */
public record Attribute(String id, String name, ValueType type, boolean mandatory, boolean unique, OptionSet options) implements Labelled {
}
