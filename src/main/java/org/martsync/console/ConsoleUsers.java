package org.martsync.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Reads who else may sign in from a file with a line for each: name, roles joined by commas (look, act, patients) and
 * password, for example {@code nurse look,act {bcrypt}$2a$...}. Empty lines and those that begin with # are passed over.
 * {@code CheckSettings} has found the lines in order before.
 */
final class ConsoleUsers {

    private ConsoleUsers() {
    }

    static List<UserDetails> read(Path file, PasswordEncoder encoder) {
        try {
            return Files.readAllLines(file).stream().map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .map(line -> line.split("\\s+", 3))
                    .map(parts -> user(parts[0], parts[2], encoder, parts[1].toUpperCase(Locale.ROOT).split(",")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param password plain, or prefixed with {@code {bcrypt}} or {@code {noop}} */
    static UserDetails user(String name, String password, PasswordEncoder encoder, String... authorities) {
        boolean prepared = password.startsWith("{bcrypt}") || password.startsWith("{noop}");
        return User.withUsername(name).password(prepared ? password : encoder.encode(password))
                .authorities(Arrays.copyOf(authorities, authorities.length)).build();
    }
}
