package org.martsync;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.component.mail.JavaMailSender;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With {@code notify.mail.encryption=tls} only a mail server that shows who it is gets a notice. */
class MailServerTest {

    private static final String KEYSTORE = "greenmail.tls.keystore.file";
    private static final String PASSWORD = "greenmail.tls.keystore.password";

    @TempDir
    private static Path keys;
    private static GreenMail server;

    @BeforeAll
    static void aMailServerWithACertificateForItsAddress() throws Exception {
        ended("keytool", "-genkeypair", "-alias", "mail", "-keyalg", "RSA", "-dname", "CN=127.0.0.1", "-ext", "san=ip:127.0.0.1",
                "-keystore", certificate(), "-storetype", "PKCS12", "-storepass", "changeit", "-keypass", "changeit");
        System.setProperty(KEYSTORE, certificate());
        System.setProperty(PASSWORD, "changeit");
        server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTPS));
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop();
        System.clearProperty(KEYSTORE);
        System.clearProperty(PASSWORD);
    }

    @BeforeEach
    void noMail() throws FolderException {
        server.purgeEmailFromAllMailboxes();
    }

    @Test
    void aServerThatIsTrustedIsTold() throws Exception {
        assertThat(send("127.0.0.1", trusting())).isEqualTo("sent");
        assertThat(server.getReceivedMessages()).hasSize(1);
    }

    @Test
    void aServerWhoseAuthorityNobodyTrustsIsToldNothing() throws Exception {
        assertThat(send("127.0.0.1")).isEqualTo("unable to find valid certification path to requested target");
        assertThat(server.getReceivedMessages()).isEmpty();
    }

    @Test
    void aServerWithTheCertificateOfAnotherIsToldNothing() throws Exception {
        assertThat(send("localhost", trusting())).isEqualTo("No name matching localhost found");
        assertThat(server.getReceivedMessages()).isEmpty();
    }

    private static String certificate() {
        return keys.resolve("mail.p12").toString();
    }

    private static String[] trusting() {
        return new String[] {"-Djavax.net.ssl.trustStore=" + certificate(), "-Djavax.net.ssl.trustStorePassword=changeit"};
    }

    /** Sends a mail from a process of its own, because Java reads once whom it trusts; returns {@code sent}, or why not. */
    private static String send(String host, String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(List.of("-cp", System.getProperty("java.class.path"), MailServerTest.class.getName(), host + ":" + server.getSmtps().getPort()));
        return ended("java", arguments.toArray(String[]::new));
    }

    private static String ended(String command, String... arguments) throws IOException, InterruptedException {
        String whole = Path.of(System.getProperty("java.home"), "bin", command).toString();
        Process process = new ProcessBuilder(Stream.concat(Stream.of(whole), Arrays.stream(arguments)).toList()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(said).isZero();
        return said.substring(said.lastIndexOf('\n') + 1);
    }

    /** Sends a mail to a server (host:port) as the program does, and prints what came of it in the last line. */
    public static void main(String[] to) throws Exception {
        JavaMailSender sender = new RouteBeans().mailServer(to[0], "tls", "", "");
        MimeMessage mail = new MimeMessage(sender.getSession());
        mail.setFrom("mart@clinic.example");
        mail.setRecipient(Message.RecipientType.TO, new InternetAddress("lab@clinic.example"));
        mail.setText("one event is rejected");
        try {
            sender.send(mail);
            System.out.println("sent");
        } catch (MessagingException refused) {
            Throwable cause = refused;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            System.out.println(cause.getMessage());
        }
    }
}
