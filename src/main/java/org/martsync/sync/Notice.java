package org.martsync.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What people are told of a trouble. Holds nothing of a patient: its text is made of numbers and of what a run says at its end.
 *
 * @param trouble what it is about
 * @param over whether it is over; else it begins
 * @param site the name of the site ({@code site.id})
 * @param since when the trouble began: the end of the run that met it first
 * @param run the name of the run that tells
 * @param facts what that run saw, in sentences
 */
public record Notice(Trouble trouble, boolean over, String site, Instant since, Instant run, String facts) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The subject of a mail. */
    public String subject() {
        return "mart-dhis2-sync, " + site + ": " + trouble.inWords(over);
    }

    /** The text of a mail. */
    public String text() {
        return facts + "\n\nSite " + site + ", run " + run + (over ? ", since " + since : "") + ".\n";
    }

    /**
     * What a webhook gets: {@code text}, which chat programs show, and the parts of it ({@code site}, {@code trouble} by its
     * title, {@code state} begun or over, {@code since}, {@code run}).
     */
    public String json() {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("text", subject() + ". " + facts);
        parts.put("site", site);
        parts.put("trouble", trouble.title());
        parts.put("state", over ? "over" : "begun");
        parts.put("since", since.toString());
        parts.put("run", run.toString());
        try {
            return JSON.writeValueAsString(parts);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts can be written as JSON", e);
        }
    }
}
