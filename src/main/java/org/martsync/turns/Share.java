package org.martsync.turns;

import java.time.Duration;
import java.util.Locale;

/**
 * What a site shares with others.
 *
 * @param dhis2 address of the DHIS2 server; sites that write it alike share it
 * @param site name of the site ({@code site.id}), the same on all its machines
 * @param limit requests in flight to that server at the same time, of all sites together
 * @param longest time after which a request in flight is no longer counted
 */
public record Share(String dhis2, String site, int limit, Duration longest) {

    /** Takes the address without regard to capitals, a / at its end and a port that says nothing new. */
    public Share {
        dhis2 = dhis2.strip().replaceFirst("/+$", "").toLowerCase(Locale.ROOT)
                .replaceFirst("^(https://[^/]+):443(?=/|$)", "$1").replaceFirst("^(http://[^/]+):80(?=/|$)", "$1");
    }
}
