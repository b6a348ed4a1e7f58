package org.martsync.console;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.AccountStatusException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.UserDetailsManager;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/** Compares names and passwords, and lets whoever failed too often wait before the next is looked at, right or wrong. */
final class LimitedLogin extends DaoAuthenticationProvider {

    /** Not looked at, or a wrong token. */
    static final class MustWait extends AccountStatusException {

        private final long seconds;

        MustWait(long seconds) {
            super("Too many failed logins. Wait " + seconds + " s and try again.");
            this.seconds = seconds;
        }

        long seconds() {
            return seconds;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger("console");

    private final UserDetailsManager users;
    private final LoginLimit limit;

    LimitedLogin(UserDetailsManager users, PasswordEncoder encoder, LoginLimit limit) {
        super(users);
        setPasswordEncoder(encoder);
        this.users = users;
        this.limit = limit;
    }

    @Override
    public Authentication authenticate(Authentication login) {
        String address = login.getDetails() instanceof WebAuthenticationDetails details ? details.getRemoteAddress() : "";
        Duration left = limit.begin(address, login.getName());
        if (!left.isZero()) {
            throw new MustWait(left.toSeconds() + 1);
        }
        try {
            Authentication in = super.authenticate(login);
            limit.succeeded(address, login.getName());
            return in;
        } catch (BadCredentialsException wrong) {
            if (limit.failed(address, login.getName())) {
                // what is typed in place of a name may be a password
                LOG.warn("too many failed logins as {} from {}; the next have to wait",
                        users.userExists(login.getName()) ? login.getName() : "somebody unknown", address);
            }
            throw wrong;
        } finally {
            limit.end(address, login.getName());
        }
    }
}
