package org.martsync.operate;

import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/** Says who is asking: the login of the request that the program is working on. */
public final class SignedIn {

    /** The login's name. Whoever comes without one is on this machine as the program's own user, by JMX. */
    public String name() {
        Authentication login = SecurityContextHolder.getContext().getAuthentication();
        return login == null ? "(no login)" : login.getName();
    }

    /** Whether patients may be shown; never without a login. */
    public boolean maySeePatients() {
        Authentication login = SecurityContextHolder.getContext().getAuthentication();
        return login != null && login.getAuthorities().stream().anyMatch(may -> may.getAuthority().equals("PATIENTS"));
    }
}
