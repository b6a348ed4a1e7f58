package org.martsync.sites;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Leads requests below {@code /sites/<name>/} to that site, in which they look as they do where the program serves one site
 * only: what is before belongs to the context path. The rules of the login are thus the same, too.
 */
public final class IntoSite {

    private static final String PATH = "/sites/";
    private static final String ATTRIBUTE = OneSite.class.getName();
    private static final Pattern BELOW = Pattern.compile(PATH + "([^/]+)(/.*)?");

    private IntoSite() {
    }

    /** Stands before the login. */
    public static OncePerRequestFilter path(Sites sites) {
        return new OncePerRequestFilter() {
            @Override
            protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain next)
                    throws ServletException, IOException {
                Matcher below = BELOW.matcher(request.getServletPath());
                OneSite site = below.matches() ? sites.named(below.group(1)).orElse(null) : null;
                // written in another way (//, %73) it is no beginning that can be cut off
                if (site == null || !(request.getRequestURI() + "/").startsWith(request.getContextPath() + PATH + site.name() + "/")) {
                    next.doFilter(request, response);
                } else if (below.group(2) == null) {
                    // links of a page go on from the directory it is in
                    response.sendRedirect(request.getRequestURI() + "/");
                } else {
                    request.setAttribute(ATTRIBUTE, site);
                    next.doFilter(new Within(request, PATH + site.name(), below.group(2)), response);
                }
            }
        };
    }

    /** Stands behind the login. */
    public static OncePerRequestFilter door() {
        return new OncePerRequestFilter() {
            @Override
            protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain next)
                    throws ServletException, IOException {
                OneSite site = of(request).orElse(null);
                if (site == null) {
                    next.doFilter(request, response);
                } else if (site.problem() == null) {
                    site.answer(request, response);
                } else {
                    response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
                    response.setContentType("text/plain;charset=utf-8");
                    // why may name a database: to people with a login only
                    response.getWriter().write("The site does not run." + (request.getUserPrincipal() == null ? "" : " " + site.problem()));
                }
            }
        };
    }

    /** The site that a request was led to. */
    public static Optional<OneSite> of(HttpServletRequest request) {
        return Optional.ofNullable((OneSite) request.getAttribute(ATTRIBUTE));
    }

    /** A request that begins at a site. */
    private static final class Within extends HttpServletRequestWrapper {

        private final String site;
        private final String path;

        Within(HttpServletRequest request, String site, String path) {
            super(request);
            this.site = site;
            this.path = path;
        }

        @Override
        public String getContextPath() {
            return super.getContextPath() + site;
        }

        @Override
        public String getServletPath() {
            return path;
        }

        @Override
        public String getPathInfo() {
            return null;
        }
    }
}
