package org.martsync.dhis2;

/** A thing of DHIS2 that sentences name: a program, a stage, a data element, an attribute. */
public interface Labelled {

    String id();

    String name();

    /** Its display name with its id, as every sentence names a thing of DHIS2; the id alone where that is the name too. */
    default String label() {
        return label(name(), id());
    }

    /** The same of a thing that is known by its display name and id only. */
    static String label(String name, String id) {
        return name.equals(id) ? id : name + " (" + id + ")";
    }
}
