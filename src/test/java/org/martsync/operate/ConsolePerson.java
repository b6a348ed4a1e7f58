package org.martsync.operate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Someone who has signed in by the form and asks as Hawtio does. */
final class ConsolePerson {

    private final URI address;
    private final CookieManager cookies = new CookieManager();
    private final HttpClient browser = HttpClient.newBuilder().cookieHandler(cookies).build();

    ConsolePerson(URI address, String name, String password) throws Exception {
        this.address = address;
        Matcher hidden = Pattern.compile("name=\"_csrf\" type=\"hidden\" value=\"([^\"]+)\"").matcher(get("/login").body());
        assertThat(hidden.find()).isTrue();
        send("/login", "POST", "username=" + name + "&password=" + password + "&_csrf=" + URLEncoder.encode(hidden.group(1), StandardCharsets.UTF_8),
                "Content-Type", "application/x-www-form-urlencoded");
    }

    JsonNode read(String mbean, String attribute) throws Exception {
        return ask(attribute == null ? Map.of("type", "read", "mbean", mbean, "config", Map.of("ignoreErrors", true))
                : Map.of("type", "read", "mbean", mbean, "attribute", attribute));
    }

    JsonNode write(String mbean, String attribute, Object value) throws Exception {
        return ask(Map.of("type", "write", "mbean", mbean, "attribute", attribute, "value", value));
    }

    JsonNode exec(String mbean, String operation, Object... arguments) throws Exception {
        return ask(Map.of("type", "exec", "mbean", mbean, "operation", operation, "arguments", Arrays.asList(arguments)));
    }

    JsonNode ask(Map<String, ?> request) throws Exception {
        return json(post("/actuator/jolokia", new ObjectMapper().writeValueAsString(request)));
    }

    HttpResponse<String> get(String path) throws Exception {
        return send(path, "GET", "");
    }

    HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        String token = cookies.getCookieStore().getCookies().stream().filter(cookie -> cookie.getName().equals("XSRF-TOKEN"))
                .map(HttpCookie::getValue).findFirst().orElseThrow();
        String[] all = Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "X-XSRF-TOKEN";
        all[headers.length + 1] = token;
        return send(path, "POST", body, all);
    }

    private HttpResponse<String> send(String path, String method, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path)).method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return browser.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    static JsonNode json(HttpResponse<String> answer) throws Exception {
        return new ObjectMapper().readTree(answer.body());
    }
}
