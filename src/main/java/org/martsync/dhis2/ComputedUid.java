package org.martsync.dhis2;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Computes the UID of an object from what it stands for, so that the same POST sent again updates the same object.
 *
 * <p>Nothing has to be remembered before a POST: after a crash or a time-out the next run arrives at the same names.
 * The recipe (SHA-256 of the parts, each ended by a NUL, in base 62, 11 characters, the first a letter) must never
 * change: with another one every object that has no tracker yet would be made a second time.
 */
public final class ComputedUid {

    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final String ALPHABET = LETTERS + "0123456789";
    static final int LENGTH = 11;

    private ComputedUid() {
    }

    /** Whether a text has the form of a UID: DHIS2 refuses a whole request for one that has not (recording 041). */
    public static boolean wellFormed(String text) {
        if (text == null || text.length() != LENGTH || LETTERS.indexOf(text.charAt(0)) < 0) {
            return false;
        }
        for (int i = 1; i < LENGTH; i++) {
            if (ALPHABET.indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Returns the UID of a patient of a site: 11 letters and digits. */
    public static String ofTrackedEntity(String site, String patientIdentifier) {
        return of("tracked entity", site, patientIdentifier);
    }

    /** Returns the UID of a patient of a site as a person of another tracked entity type than the configured program's. */
    public static String ofTrackedEntity(String site, String patientIdentifier, String trackedEntityType) {
        return of("tracked entity", site, patientIdentifier, trackedEntityType);
    }

    /**
     * Returns the UID of a patient of a site, by their number, who was given an identifier that was another's before; that one is
     * known in DHIS2 by the UID of the identifier.
     */
    public static String ofAnotherTrackedEntity(String heldByAnother, String patient) {
        return of("another", heldByAnother, patient);
    }

    /** Returns the UID of the enrolment, made by a site, of a tracked entity in a program. */
    public static String ofEnrolment(String site, String trackedEntity, String program) {
        return of("enrolment", site, trackedEntity, program);
    }

    /** Returns the UID of what an encounter becomes in a program stage. */
    public static String ofEvent(String site, String encounter, String programStage) {
        return of("event", site, encounter, programStage);
    }

    /** Returns the name that follows a UID which was deleted in DHIS2 and, as DHIS2 has it, never comes back. */
    public static String after(String deletedUid) {
        return of("after", deletedUid);
    }

    private static String of(String... parts) {
        MessageDigest sha256 = sha256();
        for (String part : parts) {
            sha256.update(part.getBytes(StandardCharsets.UTF_8));
            sha256.update((byte) 0);
        }
        byte[] number = sha256.digest();
        StringBuilder uid = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            String alphabet = i == 0 ? LETTERS : ALPHABET;
            uid.append(alphabet.charAt(divide(number, alphabet.length())));
        }
        return uid.toString();
    }

    /** Divides a number, given as its bytes with the highest first, in its place, and returns the remainder. */
    private static int divide(byte[] number, int divisor) {
        int rest = 0;
        for (int i = 0; i < number.length; i++) {
            int part = rest << 8 | number[i] & 0xff;
            number[i] = (byte) (part / divisor);
            rest = part % divisor;
        }
        return rest;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
