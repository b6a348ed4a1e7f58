package org.martsync.patient;

import java.util.Map;

/**
 * The tracked entity that stands for a patient.
 *
 * @param uid its UID
 * @param tracked whether the trackers name it already
 * @param orgUnit UID of its org unit
 * @param attributes attribute to value, empty text to clear; null when there is nothing to send
 * @param hash of org unit and attributes, to be kept once they are stored; null when there is nothing to send
 * @param movedFrom UID of the org unit in which they were last sent, with these very attributes, where DHIS2 has them in another since;
 *     null where that is not known
 */
public record TrackedEntityToSend(String uid, boolean tracked, String orgUnit, Map<String, String> attributes,
                                  String hash, String movedFrom) {

    public boolean toSend() {
        return attributes != null;
    }
}
