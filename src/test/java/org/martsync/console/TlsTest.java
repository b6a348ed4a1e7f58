package org.martsync.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.martsync.SelfSigned;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The console over TLS, with the settings that {@code docs/operating.md} names and a certificate made here. */
class TlsTest {

    @TempDir private static Path folder;
    private static ConfigurableApplicationContext program;
    private static URI address;
    private static HttpClient trusting;

    @BeforeAll
    static void start() throws Exception {
        SelfSigned made = SelfSigned.made(folder, "console");
        SpringApplication application = new SpringApplication(ConsoleLoginTest.Parts.class);
        application.setRegisterShutdownHook(false);
        application.setLogStartupInfo(false);
        program = application.run("--server.port=0", "--camel.main.run-controller=false", "--routes.watch=false", "--spring.jmx.enabled=false",
                "--camel.main.routes-include-pattern=false", "--console.user=nurse", "--console.password=right",
                "--spring.ssl.bundle.pem.console.keystore.certificate=file:" + made.crt(),
                "--spring.ssl.bundle.pem.console.keystore.private-key=file:" + made.key(),
                "--server.ssl.bundle=console");
        address = URI.create("https://localhost:" + program.getEnvironment().getProperty("local.server.port"));
        trusting = HttpClient.newBuilder().sslContext(trust(made)).build();
    }

    @AfterAll
    static void stop() {
        program.close();
    }

    @Test
    void theLoginIsReachedByWhoTrustsTheCertificateAndByNobodyElse() throws Exception {
        assertThat(get("/login").statusCode()).isEqualTo(200);
        assertThat(get("/actuator/metrics").statusCode()).isEqualTo(401);
        assertThatThrownBy(() -> HttpClient.newHttpClient().send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void withoutTlsThereIsNoAnswer() throws Exception {
        HttpResponse<String> plain = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://localhost:" + address.getPort() + "/login")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(plain.statusCode()).isEqualTo(400);
    }

    @Test
    void cookiesGoOverTlsOnlyAndTheBrowserIsToldToStayWithIt() throws Exception {
        HttpResponse<String> form = get("/");
        List<String> cookies = form.headers().allValues("Set-Cookie");
        assertThat(cookies).anySatisfy(cookie -> assertThat(cookie).startsWith("MARTSYNC=").contains("; Secure", "; HttpOnly", "; SameSite=Strict"));
        assertThat(cookies).anySatisfy(cookie -> assertThat(cookie).startsWith("XSRF-TOKEN=").contains("; Secure", "; SameSite=Strict"));
        assertThat(cookies).allSatisfy(cookie -> assertThat(cookie).contains("; Secure"));
        assertThat(form.headers().firstValue("Strict-Transport-Security").orElseThrow()).startsWith("max-age=");
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return trusting.send(HttpRequest.newBuilder(address.resolve(path)).header("Accept", path.startsWith("/actuator") ? "*/*" : "text/html").build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static SSLContext trust(SelfSigned made) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("console", made.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        return tls;
    }
}
