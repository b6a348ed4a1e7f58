package org.martsync.dhis2;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import org.martsync.dhis2.Dhis2Refuses.Wrong;

/**
 * What DHIS2 answered: the HTTP status and the body as JSON.
 *
 * <p>Statuses that say something of the request (200, 400, 409, 413, 500 to a POST, ...) are left to the caller.
 *
 * @param status the HTTP status
 * @param body the JSON; a missing node where there was none
 */
public record Dhis2Answer(int status, JsonNode body) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NOT_FOUND = "E1005";
    private static final String NO_PROGRAM = "Program with id ";

    /**
     * Reads an answer.
     *
     * @param status the HTTP status
     * @param body the body's bytes, null or empty where there were none
     * @param retryAfter how long DHIS2 wants to be left alone, zero where it did not say
     * @throws Dhis2Unavailable for what passes by itself: 408, 429, 502, 503, 504, and a 200 that is no JSON,
     *     as proxies and maintenance pages send it
     * @throws Dhis2Refuses for what a person must put right: a refused login (401, or the redirect to the login
     *     page), a missing right (403), an address where there is no DHIS2 (404, 405), a program that DHIS2 does not have
     *     (404 in DHIS2's own words, recordings 013 and 311: the program is all that is asked for by its UID in the path)
     */
    public static Dhis2Answer read(int status, byte[] body, Duration retryAfter) {
        switch (status) {
            case 301, 302, 303, 307, 308 -> throw new Dhis2Refuses(Wrong.LOGIN, "DHIS2 sent us to another page (HTTP " + status
                    + "), as it does without a valid login. Check dhis2.url, dhis2.user and dhis2.password or dhis2.token.");
            case 401 -> throw new Dhis2Refuses(Wrong.LOGIN, "DHIS2 refused the login (HTTP 401)."
                    + " Check dhis2.user and dhis2.password or dhis2.token; nothing is tried again until the next run.");
            case 404, 405 -> {
                JsonNode json = json(body);
                if (json.path("errorCode").asText("").equals(NOT_FOUND) || json.path("message").asText("").startsWith(NO_PROGRAM)) {
                    throw new Dhis2Refuses(Wrong.PROGRAM_UNKNOWN, "DHIS2 does not have the program, or does not let this user see it (HTTP 404: "
                            + json.path("message").asText("no message") + "). Correct dhis2.program, or share the program with the user in DHIS2.");
                }
                throw new Dhis2Refuses(Wrong.ADDRESS, "DHIS2 has nothing at this address (HTTP " + status + "). Check dhis2.url.");
            }
            case 408, 429, 502, 503, 504 -> throw new Dhis2Unavailable("DHIS2 answered HTTP " + status, status, retryAfter);
            default -> {
                JsonNode json = json(body);
                if (status == 403) {
                    throw new Dhis2Refuses(Wrong.RIGHTS, "DHIS2 lets this user not do what is asked (HTTP 403: "
                            + json.path("message").asText("no message") + "). Check the user's org units and authorities.");
                }
                if (status == 200 && !json.isObject() && !json.isArray()) {
                    throw new Dhis2Unavailable("DHIS2 answered HTTP 200 with something that is no JSON");
                }
                return new Dhis2Answer(status, json);
            }
        }
    }

    /**
     * Returns the body of an answer to a GET.
     *
     * <p>What is thrown goes to the log: it names DHIS2's error code and not its message, which quotes the values that were
     * searched for (recordings 259, 261).
     *
     * @throws Dhis2Unavailable for a 5xx
     * @throws Dhis2RefusesQuestion for everything else but a 200
     */
    public JsonNode found() {
        if (status == 200) {
            return body;
        }
        String code = body.path("errorCode").asText("");
        String sentence = "DHIS2 answered a question with HTTP " + status + (code.isEmpty() ? "" : " (" + code + ")");
        throw !questionRefused() ? new Dhis2Unavailable(sentence) : new Dhis2RefusesQuestion(sentence);
    }

    /** Whether DHIS2 does not answer a GET for what is asked in it. */
    public boolean questionRefused() {
        return status != 200 && status < 500;
    }

    /** Whether this is the report of an import; only a report can prove that something was stored. */
    public boolean report() {
        return (status == 200 || status == 409) && body.has("validationReport");
    }

    /** Returns DHIS2's own message, or that there was none. */
    public String message() {
        return body.path("message").asText("no message");
    }

    private static JsonNode json(byte[] body) {
        try {
            return body == null ? JSON.missingNode() : JSON.readTree(body);
        } catch (IOException noJson) {
            return JSON.missingNode();
        }
    }
}
