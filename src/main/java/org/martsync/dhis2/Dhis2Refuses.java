package org.martsync.dhis2;

/** DHIS2 will answer nothing until a person has put something right (login, address, rights): the run stops. */
public class Dhis2Refuses extends RuntimeException {

    public Dhis2Refuses(String sentence) {
        super(sentence);
    }
}
