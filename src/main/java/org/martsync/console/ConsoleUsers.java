package org.martsync.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Reads who else may sign in from a file with a line for each: name, roles joined by commas (look, act, patients) and
 * password, for example {@code nurse look,act {bcrypt}$2a$...}. A script's line has in its place the SHA-256 of a token:
 * {@code nightly look {token}5e88...}. Empty lines and those that begin with # are passed over. {@code CheckSettings} has
 * found the lines in order before.
 */
final class ConsoleUsers {

    private static final String TOKEN = "{token}";

    private record Line(String name, String[] roles, String secret) {
    }

    private ConsoleUsers() {
    }

    /** Those with a password. */
    static List<UserDetails> people(Path file, PasswordEncoder encoder) {
        return lines(file).filter(line -> !line.secret().startsWith(TOKEN))
                .map(line -> user(line.name(), line.secret(), encoder, line.roles())).toList();
    }

    /** Those with a token. */
    static List<TokenLogin.Token> tokens(Path file) {
        return lines(file).filter(line -> line.secret().startsWith(TOKEN))
                .map(line -> new TokenLogin.Token(line.name(), line.secret().substring(TOKEN.length()).toLowerCase(Locale.ROOT),
                        AuthorityUtils.createAuthorityList(line.roles()))).toList();
    }

    private static Stream<Line> lines(Path file) {
        try {
            return Files.readAllLines(file).stream().map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .map(line -> line.split("\\s+", 3))
                    .map(parts -> new Line(parts[0], parts[1].toUpperCase(Locale.ROOT).split(","), parts[2]));
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
