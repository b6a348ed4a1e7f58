package org.martsync.mapping;

/** What one existing column holds for the event or person at hand; null, empty or blank when nothing. */
record Answer(String table, Column column, Object value) {

    boolean isEmpty() {
        return ConvertValue.isEmpty(value);
    }

    /** Where an integrator finds it. */
    String at() {
        return column.at(table);
    }

    /** Where a data clerk finds it. */
    String place() {
        return column.place(table);
    }
}
