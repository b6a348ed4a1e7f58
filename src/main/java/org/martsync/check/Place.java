package org.martsync.check;

import java.util.List;
import java.util.stream.Collectors;
import org.martsync.dhis2.Programs;
import org.martsync.mapping.Mapping;

/**
 * An org unit with the mappings by whose config events go there.
 *
 * @param all programs that events go to, of which those of the mappings are asked for
 */
public record Place(String orgUnit, List<Mapping> mappings, Programs all) {

    /** The UIDs of the mappings' programs, divided by commas. */
    public String programs() {
        return mappings.stream().map(mapping -> mapping.in(all).id()).distinct().sorted().collect(Collectors.joining(","));
    }
}
