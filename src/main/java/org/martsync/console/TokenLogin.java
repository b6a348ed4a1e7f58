package org.martsync.console;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/**
 * Signs a script in by its token. Only the tokens' SHA-256 are known here: a token is long and made by chance, so that
 * nothing slower is needed to keep it from being guessed, as a password needs, and a right one never has to wait: whoever
 * sends wrong ones from the same address, as all have it behind a proxy, would lock the others' scripts out.
 */
final class TokenLogin implements AuthenticationManager {

    /**
     * @param name   of the login, as it stands in the audit
     * @param sha256 of the token, in 64 hexadecimal digits
     */
    record Token(String name, String sha256, List<GrantedAuthority> roles) {
    }

    private static final Logger LOG = LoggerFactory.getLogger("console");
    /** Whose name is not known counts as this; no name has blanks. */
    private static final String ANY = "a token";

    private final List<Token> tokens;
    private final LoginLimit limit;

    TokenLogin(List<Token> tokens, LoginLimit limit) {
        this.tokens = tokens;
        this.limit = limit;
    }

    /** @param given its credentials are the token */
    @Override
    public Authentication authenticate(Authentication given) {
        Token found = find(String.valueOf(given.getCredentials()));
        if (found == null) {
            throw refused(given.getDetails() instanceof WebAuthenticationDetails details ? details.getRemoteAddress() : "");
        }
        UsernamePasswordAuthenticationToken in = UsernamePasswordAuthenticationToken.authenticated(found.name(), null, found.roles());
        in.setDetails(given.getDetails());
        return in;
    }

    private AuthenticationException refused(String address) {
        Duration left = limit.begin(address, ANY);
        if (!left.isZero()) {
            return new LimitedLogin.MustWait(left.toSeconds() + 1);
        }
        try {
            if (limit.failed(address, ANY)) {
                LOG.warn("too many wrong tokens from {}; the next have to wait", address);
            }
        } finally {
            limit.end(address, ANY);
        }
        return new BadCredentialsException("no such token");
    }

    /** All are compared, each to its end: how long it takes tells nothing. */
    private Token find(String token) {
        byte[] sum = sha256(token).getBytes(StandardCharsets.US_ASCII);
        Token found = null;
        for (Token one : tokens) {
            if (MessageDigest.isEqual(one.sha256().getBytes(StandardCharsets.US_ASCII), sum)) {
                found = one;
            }
        }
        return found;
    }

    static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
