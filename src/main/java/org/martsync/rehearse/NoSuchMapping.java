package org.martsync.rehearse;

import java.util.List;

/** A rehearsal was asked for a mapping that the clinic does not have. */
public final class NoSuchMapping extends RuntimeException {

    NoSuchMapping(String name, List<String> there) {
        super("There is no mapping named '" + name + "'; there are " + String.join(", ", there) + ".");
    }
}
