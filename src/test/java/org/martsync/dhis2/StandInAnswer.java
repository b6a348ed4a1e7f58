package org.martsync.dhis2;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** An HTTP answer of the stand-in. */
record StandInAnswer(int status, String contentType, byte[] body, Map<String, String> headers) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<Integer, String> REASONS = Map.of(400, "Bad Request", 401, "Unauthorized", 403,
            "Forbidden", 404, "Not Found", 415, "Unsupported Media Type", 500, "Internal Server Error");

    static StandInAnswer json(int status, JsonNode body) {
        try {
            return new StandInAnswer(status, "application/json", JSON.writeValueAsBytes(body), Map.of());
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes an error as DHIS2's JSON; {@code code} may be null. */
    static StandInAnswer error(int status, String message, String code) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("httpStatus", REASONS.get(status))
                .put("httpStatusCode", status).put("status", "ERROR").put("message", message);
        if (code != null) {
            body.put("errorCode", code);
        }
        return json(status, body);
    }

    /** Writes an error page as DHIS2's web server does, where DHIS2 itself is not asked. */
    static StandInAnswer errorPage(int status, String message) {
        String title = "HTTP Status " + status + " – " + REASONS.get(status);
        return text(status, "text/html;charset=utf-8", "<!doctype html><html lang=\"en\"><head><title>" + title
                + "</title></head><body><h1>" + title + "</h1><p><b>Message</b> " + message + "</p></body></html>");
    }

    static StandInAnswer loginPage() {
        return text(200, "text/html;charset=utf-8",
                "<!doctype html><html lang=\"en\"><head><title>DHIS2 login</title></head><body>Log in</body></html>");
    }

    static StandInAnswer redirect(String location) {
        return new StandInAnswer(302, null, new byte[0], Map.of("Location", location));
    }

    static StandInAnswer text(int status, String contentType, String body) {
        return new StandInAnswer(status, contentType, body.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    StandInAnswer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new StandInAnswer(status, contentType, body, more);
    }
}
