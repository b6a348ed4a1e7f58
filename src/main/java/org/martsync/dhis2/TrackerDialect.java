package org.martsync.dhis2;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How DHIS2 is asked for tracked entities and where they stand in its answer: the one table of what differs between the
 * releases this program speaks to, by the names and places of the parameters.
 *
 * <p>What else is asked (the import with its report, programs, org units, system/info) is the same in all of them, as far
 * as it is used here. Recorded is 2.42; the rest is from DHIS2's documentation and sources, see docs/dhis2-versions.md.
 */
public enum TrackerDialect {

    // first of        list in the answer   before the UIDs                       between  org units  mode           no pages           escapes
    V38(38, 0,         "instances",         "ouMode=ACCESSIBLE&trackedEntity=",   ";",    "orgUnit",  "ouMode",      "skipPaging=true", false),
    V40_1(40, 1,       "instances",         "ouMode=ACCESSIBLE&trackedEntity=",   ";",    "orgUnit",  "ouMode",      "skipPaging=true", true),
    V41(41, 0,         "trackedEntities",   "trackedEntities=",                   ",",    "orgUnits", "orgUnitMode", "paging=false",    true);

    /** The first and the last release that is spoken to as DHIS2's documentation says; a newer one as the last. */
    static final int OLDEST = 38;
    static final int NEWEST = 43;

    private final int release;
    private final int patch;
    private final String container;
    private final String byUids;
    private final String separator;
    private final String orgUnits;
    private final String mode;
    private final String wholeList;
    private final boolean escapes;

    TrackerDialect(int release, int patch, String container, String byUids, String separator, String orgUnits, String mode,
                   String wholeList, boolean escapes) {
        this.release = release;
        this.patch = patch;
        this.container = container;
        this.byUids = byUids;
        this.separator = separator;
        this.orgUnits = orgUnits;
        this.mode = mode;
        this.wholeList = wholeList;
        this.escapes = escapes;
    }

    /**
     * Returns how a server is spoken to. One whose version was not asked for, or cannot be read, as the newest.
     *
     * @param server what it said of itself, or null
     * @throws Dhis2Refuses when it is older than 2.38: patients who are there already might be made a second time
     */
    public static TrackerDialect of(ServerInfo server) {
        if (server == null || server.release() == null) {
            return V41;
        }
        if (server.tooOld()) {
            throw new Dhis2Refuses(Dhis2Refuses.Wrong.VERSION, server.warning());
        }
        TrackerDialect spoken = V38;
        for (TrackerDialect dialect : values()) {
            if (server.release() > dialect.release || server.release() == dialect.release && server.patch() >= dialect.patch) {
                spoken = dialect;
            }
        }
        return spoken;
    }

    /** The name of the list in an answer. */
    public String container() {
        return container;
    }

    /** The name of the list in an answer that is of events. */
    String eventContainer() {
        return this == V41 ? "events" : container;
    }

    /** Whether people can be searched for by these values. Before 2.40.1 nothing says that a , or : belongs to a value. */
    public boolean takes(Collection<String> values) {
        return escapes || values.stream().noneMatch(value -> value.contains(",") || value.contains(":"));
    }

    /** Writes a value of a filter, not yet encoded (recordings 259, 261, 262, 271, 272, 274). */
    String escape(String value) {
        return escapes ? value.replace("/", "//").replace(",", "/,").replace(":", "/:") : value;
    }

    /** The parameter that asks for tracked entities by their UIDs. */
    String uids(List<String> uids) {
        return byUids + uids.stream().map(TrackerSearch::encode).collect(Collectors.joining(separator));
    }

    /** The parameter that asks for events by their UIDs. */
    String eventUids(List<String> uids) {
        return (this == V41 ? "events=" : mode + "=ACCESSIBLE&event=") + uids.stream().map(TrackerSearch::encode).collect(Collectors.joining(separator));
    }

    /** The parameters that search below an org unit; where it is blank, all that the user may see. */
    String below(String orgUnit) {
        return orgUnit == null || orgUnit.isBlank() ? mode + "=ACCESSIBLE"
                : orgUnits + "=" + TrackerSearch.encode(orgUnit) + "&" + mode + "=DESCENDANTS";
    }

    /** The parameter that asks for everything that is found, not for a page of 50. */
    String wholeList() {
        return wholeList;
    }
}
