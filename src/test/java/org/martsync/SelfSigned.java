package org.martsync;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;

/** A certificate for localhost that nobody else has signed, made by the JDK's keytool, with its key as PEM files. */
public record SelfSigned(Certificate certificate, Path crt, Path key) {

    private static final String PASSWORD = "secret";

    /** Makes {@code <name>.crt} and {@code <name>.key} in a folder; the key is for its owner's eyes only. */
    public static SelfSigned made(Path folder, String name) throws IOException, GeneralSecurityException, InterruptedException {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", name,
                "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=localhost", "-ext", "san=dns:localhost", "-validity", "2",
                "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IllegalStateException(said);
        }
        KeyStore made = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            made.load(in, PASSWORD.toCharArray());
        }
        Certificate certificate = made.getCertificate(name);
        Path key = pem(folder.resolve(name + ".key"), "PRIVATE KEY", made.getKey(name, PASSWORD.toCharArray()).getEncoded());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        return new SelfSigned(certificate, pem(folder.resolve(name + ".crt"), "CERTIFICATE", certificate.getEncoded()), key);
    }

    private static Path pem(Path file, String what, byte[] content) throws IOException {
        return Files.writeString(file, "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content) + "\n-----END " + what + "-----\n");
    }
}
