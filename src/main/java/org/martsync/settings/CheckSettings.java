package org.martsync.settings;

import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.martsync.words.Words;
import org.quartz.CronExpression;
import org.postgresql.PGProperty;
import org.springframework.core.env.PropertyResolver;
import org.springframework.util.PlaceholderResolutionException;

/**
 * Says in sentences which settings are missing or wrong. Names and meanings are those of {@code config/application.yaml}.
 *
 * <p>Values that end up inside the database's address (server, database, schema, parameters) are held to a narrow form, because a
 * {@code &} or {@code /} in them would quietly become another connection parameter.
 */
final class CheckSettings {

    private static final Pattern SERVER = Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:]+])(:\\d{1,5})?");
    private static final Pattern DATABASE = Pattern.compile("[^/?&#%\\s]+");
    private static final Pattern SCHEMA = Pattern.compile("[A-Za-z_][A-Za-z0-9_$]*");
    /** It is part of the name of a trigger. */
    private static final Pattern OWN_SCHEMA = Pattern.compile("[a-z_][a-z0-9_]{0,39}");
    private static final Pattern PARAMETER = Pattern.compile("([A-Za-z]+)=[^&?#\\s]+");
    /** What the program sets itself, or has settings for. */
    private static final Set<String> NO_PARAMETER = Set.of("user", "password", "PGHOST", "PGPORT", "PGDBNAME", "currentSchema", "ApplicationName",
            "tcpKeepAlive", "connectTimeout", "socketTimeout");
    private static final Pattern UID = Pattern.compile("[A-Za-z][A-Za-z0-9]{10}");
    private static final Pattern DURATION = Pattern.compile("\\d{1,9}(ms|s|m|h|d)");
    private static final Pattern DAYS = Pattern.compile("([3-9]\\d|[1-9]\\d{2,4})d");
    private static final Pattern COLUMN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern ADDRESS = Pattern.compile("[^\\s@,']+@[^\\s@,']+");
    private static final Pattern ADDRESSES = Pattern.compile(ADDRESS + "(\\s*,\\s*" + ADDRESS + ")*");
    private static final Pattern CONSOLE_USER = Pattern.compile("\\S+\\s+(look|act|patients)(,(look|act|patients))*\\s+\\S.*");
    static final Path OWN_WORDS = Path.of("config", "words.properties");
    private static final Pattern PREFIX = Pattern.compile("\\{(?!(bcrypt|noop)})[^}]*}");
    private static final Pattern CONSOLE_PREFIX = Pattern.compile("\\S+\\s+\\S+\\s+\\{(?!(bcrypt|noop|token)})[^}]*}.*");
    private static final Pattern NO_BCRYPT = Pattern.compile("\\{bcrypt}(?!\\$2[aby]?\\$\\d\\d\\$[./0-9A-Za-z]{53}$).*");
    private static final String BCRYPT = "must have behind {bcrypt} what bcrypt has made of the password, 60 characters that begin with $2 "
            + "(htpasswd -nbB makes it), and not the password.";
    private static final Pattern CONSOLE_TOKEN = Pattern.compile("\\S+\\s+\\S+\\s+\\{token}[0-9a-fA-F]{64}");
    private static final int CONNECTIONS_A_BATCH = 2;
    private static final int CONNECTIONS_BESIDE_WORKERS = 6;

    private final PropertyResolver settings;
    private final Path routes;
    private final List<String> problems = new ArrayList<>();
    private final Map<String, String> examples = new HashMap<>();

    private CheckSettings(PropertyResolver settings, Path routes) {
        this.settings = settings;
        this.routes = routes;
    }

    /**
     * Everything that is wrong, one sentence each, in the order of {@code config/application.yaml}; empty when the
     * program can start.
     *
     * @param settings where values come from
     * @param routes   the directory that must hold the route files
     */
    static List<String> problems(PropertyResolver settings, Path routes) {
        return of(settings, routes).problems();
    }

    /** Looks at the settings as {@link #problems(PropertyResolver, Path)} does. */
    static CheckSettings of(PropertyResolver settings, Path routes) {
        CheckSettings check = new CheckSettings(settings, routes);
        check.analytics();
        check.dhis2();
        check.site();
        check.runs();
        check.turns();
        check.schedule();
        check.notices();
        check.console();
        check.routes();
        return check;
    }

    /** Everything that is wrong, one sentence each. */
    List<String> problems() {
        return problems;
    }

    /** For each setting that is wrong or missing a value that would do. */
    Map<String, String> examples() {
        return examples;
    }

    private void analytics() {
        require(new Setting("analytics.server", "ANALYTICS_DB_SERVER",
                "the host of the PostgreSQL server with the analytics database", "db.clinic.example:5432"),
                matches(SERVER), "a host name or host:port");
        require(new Setting("analytics.database", "POSTGRES_DB_NAME", "the name of the analytics database", "analytics"),
                matches(DATABASE), "a plain database name");
        require(new Setting("analytics.schema", "CURRENT_SCHEMA_NAME", "the schema of the analytics tables", "public"),
                matches(SCHEMA), "a plain schema name");
        if (!value("analytics.schema").equals(value("analytics.own-schema"))) {
            require(new Setting("analytics.own-schema", "", "the schema of what is of this DHIS2 server", "national"),
                    matches(OWN_SCHEMA), "a plain schema name in small letters of at most 40 characters");
        }
        require(new Setting("analytics.user", "ANALYTICS_DB_USER", "the database user who reads and writes there", "martsync"),
                any -> true, "");
        parameters("analytics.parameters");
        for (String address : List.of("spring.datasource.url", "spring.flyway.url")) {
            if (!value(address).contains(value("analytics.parameters"))) {
                problems.add("The setting " + address + " in your settings file lacks ${analytics.parameters}, so that these would not count: take the line out, "
                        + "the program brings one of its own.");
            }
        }
    }

    /** The driver passes over a name that it does not know, and with it what was to be proven. A value may be a secret, and is not quoted. */
    private void parameters(String name) {
        String given = value(name).isEmpty() ? "" : settings.getProperty(name);
        for (String one : given.isEmpty() ? new String[0] : given.split("&", -1)) {
            Matcher parameter = PARAMETER.matcher(one);
            String wrong = !parameter.matches() ? "a part that is not like name=value"
                    : NO_PARAMETER.contains(parameter.group(1)) ? "'" + parameter.group(1) + "', which the program sets itself or has a setting for"
                    : PGProperty.forName(parameter.group(1)) == null ? "'" + parameter.group(1) + "', which PostgreSQL's JDBC driver does not know (capital letters count)" : null;
            if (wrong != null) {
                tell(new Setting(name, "", "", "sslmode=verify-full"), "The setting " + name + " has " + wrong
                        + ": it is further parameters of the connection like name=value&name=value, for example sslmode=verify-full.");
            }
        }
    }

    private void dhis2() {
        require(new Setting("dhis2.url", "DHIS_URI", "the address of the DHIS2 server", "https://dhis2.example.org/zw"),
                CheckSettings::isServerAddress, "an http or https address without user, query or /api at its end");
        if (value("dhis2.token").isEmpty()) {
            Setting user = new Setting("dhis2.user", "DHIS_USER", "the user who signs in to DHIS2 (or set dhis2.token)", "martsync");
            Setting password = new Setting("dhis2.password", "DHIS_PASSWORD",
                    "that DHIS2 user's password (or set dhis2.token)", "a word only the program knows");
            require(user, any -> true, "");
            require(password, any -> true, "");
        }
        require(new Setting("dhis2.program", "DHIS_PROGRAM_ID", "the UID of the tracker program that events belong to", "IXDlIUrGz3l"),
                matches(UID), "a UID of 11 letters and digits, the first a letter");
        allow(new Setting("dhis2.country-org-unit", "COUNTRY_ORG_UNIT", "the UID of the org unit under which patients are searched",
                "Gld5Y1Qc5Hq"), matches(UID), "a UID of 11 letters and digits, the first a letter, or empty");
        number("dhis2.connect-timeout", "the wait for a connection in milliseconds", "10000", 1, 600_000);
        number("dhis2.response-timeout", "the wait for an answer in milliseconds", "300000", 1, 3_600_000);
        duration("dhis2.metadata-max-age", "the time the program's metadata is used before it is read again", "10m");
        yesOrNo(new Setting("dhis2.ask-version", "", "whether DHIS2 is asked for its version", "true"));
    }

    private void site() {
        require(new Setting("site.org-unit", "", "the UID of this site's org unit in DHIS2", "MI1IuAEaaYc"),
                matches(UID), "a UID of 11 letters and digits, the first a letter");
        if (!value("site.org-unit").isEmpty()) {
            require(new Setting("site.id", "", "the name from which this site's UIDs are computed", "${site.org-unit}"),
                    any -> true, "");
        }
    }

    private void runs() {
        boolean workers = number("sync.workers", "the batches sent to DHIS2 at the same time", "4", 1, 64);
        boolean ahead = number("sync.ahead", "the batches prepared meanwhile", "2", 0, 64);
        boolean pool = number("spring.datasource.hikari.maximum-pool-size", "the database connections at most", "18", 1, 500);
        if (workers && ahead && pool) {
            enoughConnections();
        }
        number("sync.batch-patients", "the patients in a batch at most", "200", 1, 10_000);
        number(new Setting("sync.batch-events", "EVENTS_TO_SYNC_PAGE_SIZE", "the events in a batch at most", "500"), 1, 10_000);
        require(new Setting("sync.event-status", "", "the status of a new event in DHIS2", "ACTIVE"),
                v -> v.equals("ACTIVE") || v.equals("COMPLETED"), "ACTIVE or COMPLETED");
        duration("sync.patience", "the time a run waits for DHIS2 or the database before it stops", "10m");
        duration("sync.first-pause", "the first pause of that wait", "1s");
        duration("sync.longest-pause", "the longest pause of that wait", "60s");
        duration("sync.slow-answer", "the time after which an answer counts as slow", "30s");
        yesOrNo(new Setting("sync.duplicate-check", "DHIS_PERFORM_DUPLICATE_UIC_CHECK",
                "whether an event of a patient whose UIC another site uses is refused", "false"));
        require(new Setting("sync.duplicate-column", "", "the column of the patient table with the UIC", "uic"),
                matches(COLUMN), "a plain column name");
    }

    private void turns() {
        number("turns.limit", "the requests of all sites in flight to DHIS2 at the same time", "0", 0, 1000);
        turnsPlace("server", "the host of the PostgreSQL server with the turns", "db.example.org:5432", matches(SERVER), "a host name or host:port");
        turnsPlace("database", "the name of the database with the turns", "turns", matches(DATABASE), "a plain database name");
        turnsPlace("schema", "the schema of the turns' table", "public", matches(SCHEMA), "a plain schema name");
        turnsPlace("user", "the database user who reads and writes there", "martsync", any -> true, "");
        if (!value("turns.parameters").equals(value("analytics.parameters"))) {
            parameters("turns.parameters");
        }
    }

    /** What is as in {@code analytics.*} has been judged there. */
    private void turnsPlace(String name, String purpose, String example, Predicate<String> right, String must) {
        if (!value("turns." + name).equals(value("analytics." + name))) {
            require(new Setting("turns." + name, "", purpose, example), right, must);
        }
    }

    private void enoughConnections() {
        int needed = CONNECTIONS_A_BATCH * (Integer.parseInt(value("sync.workers")) + Integer.parseInt(value("sync.ahead"))) + CONNECTIONS_BESIDE_WORKERS;
        String pool = value("spring.datasource.hikari.maximum-pool-size");
        if (Integer.parseInt(pool) < needed) {
            Setting connections = new Setting("spring.datasource.hikari.maximum-pool-size", "", "the database connections at most", String.valueOf(needed));
            tell(connections, connections.wrong(pool, "at least " + CONNECTIONS_A_BATCH + " x (sync.workers + sync.ahead) + " + CONNECTIONS_BESIDE_WORKERS));
        }
    }

    private void schedule() {
        require(new Setting("schedule.job", "", "the name of the row in analytics_cron_job", "dhisSyncJob"), any -> true, "");
        allow(new Setting("schedule.time-zone", "", "the time zone of the cron expression", "Africa/Harare"),
                CheckSettings::isTimeZone, "a time zone this Java knows, or empty for the machine's");
        duration("schedule.reread", "the time after which the row in analytics_cron_job is read again", "30s");
        yesOrNo(new Setting("org-units.refresh", "", "whether orgunit_tracker is kept fresh from DHIS2", "true"));
        duration("org-units.every", "the time after which orgunit_tracker is refreshed", "24h");
        allow(new Setting("retention.log", "", "how long our rows of log are kept", "400d"), matches(DAYS), "30 days or more, with d behind the number, or empty");
        allow(new Setting("retention.reconcile", "", "how long is kept what comparisons with DHIS2 found", "90d"), matches(DAYS), "30 days or more, with d behind the number, or empty");
        allow(new Setting("retention.audit", "", "how long the rows of sync_audit are kept", "1000d"), matches(DAYS), "30 days or more, with d behind the number, or empty");
        allow(new Setting("reconcile.schedule", "", "when what is synced is compared with what DHIS2 holds", "0 10 2 * * ?"),
                CronExpression::isValidExpression, "a Quartz cron expression, or empty for never");
        number("reconcile.days", "of how many days back the events are compared then", "365", 1, 36_500);
        yesOrNo(new Setting("routes.watch", "", "whether edited route files are taken up without a restart", "true"));
    }

    private void notices() {
        number("notify.failures-limit", "the share of rejected events that is too large, in percent", "20", 0, 100);
        number("notify.failures-of", "the number of events of which that share is taken at least", "50", 1, 1_000_000);
        allow(new Setting("notify.mail.to", "", "whom to tell by mail", "lab@clinic.example, dhis2@clinic.example"), matches(ADDRESSES),
                "mail addresses joined by commas");
        require(new Setting("notify.mail.from", "", "from whom the mail is", "mart-dhis2-sync@clinic.example"), matches(ADDRESS), "a mail address");
        require(new Setting("notify.mail.server", "", "the mail server", "localhost:25"), matches(SERVER), "a host name or host:port");
        require(new Setting("notify.mail.encryption", "", "how the way to the mail server is encrypted", "starttls"),
                v -> List.of("none", "starttls", "tls").contains(v), "none, starttls or tls");
        String webhook = value("notify.webhook");
        if (!webhook.isEmpty() && !isWebAddress(webhook)) {
            // not quoted, as it may hold a secret
            examples.put("notify.webhook", "");
            problems.add("The setting notify.webhook must be an http or https address: notices are posted there.");
        }
    }

    private void console() {
        require(new Setting("console.user", "", "the name who signs in to the console", "admin"), any -> true, "");
        number("console.failed-logins", "the failed logins after which an address waits", "5", 1, 1000);
        duration("console.login-wait", "the time it waits then", "1m");
        duration("console.inspect-for", "the time exchanges are inspected before that ends by itself", "15m");
        if (!Words.LANGUAGES.contains(value("words.language"))) {
            problems.add(new Setting("words.language", "", "the language of what is said to clerks in the log", "fr")
                    .wrong(value("words.language"), "one of " + String.join(", ", new TreeSet<>(Words.LANGUAGES))));
        }
        problems.addAll(Words.problems(OWN_WORDS));
        number("server.port", "the port of the console", "8061", 0, 65_535);
        if (PREFIX.matcher(value("console.password")).lookingAt()) {
            // the value is a secret and not shown
            problems.add("The setting console.password must have {bcrypt} or {noop} in small letters, or nothing in curly brackets, at its beginning; "
                    + "one that begins with such brackets goes behind {noop}.");
        }
        if (NO_BCRYPT.matcher(value("console.password")).matches()) {
            problems.add("The setting console.password " + BCRYPT);
        }
        if (!value("console.users").isEmpty()) {
            consoleUsers(Path.of(value("console.users")));
        }
    }

    /** Names a line by its number only, as there is a password in it. */
    private void consoleUsers(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            Set<String> names = new HashSet<>(Set.of(value("console.user")));
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i).strip();
                if (line.isEmpty() || line.startsWith("#")) {
                    continue;
                }
                if (!CONSOLE_USER.matcher(line).matches()) {
                    problems.add("Line " + (i + 1) + " of " + file + " (console.users) must be a name, roles out of look, act and patients "
                            + "joined by commas, and a password, for example: nurse look,act {bcrypt}$2a$...");
                } else if (CONSOLE_PREFIX.matcher(line).matches()) {
                    problems.add("Line " + (i + 1) + " of " + file + " (console.users) must have {bcrypt}, {noop} or {token} in small letters, "
                            + "or nothing in curly brackets, before the password; one that begins with such brackets goes behind {noop}.");
                } else if (NO_BCRYPT.matcher(line.split("\\s+", 3)[2]).matches()) {
                    problems.add("Line " + (i + 1) + " of " + file + " (console.users) " + BCRYPT);
                } else if (line.contains("{token}") && !CONSOLE_TOKEN.matcher(line).matches()) {
                    problems.add("Line " + (i + 1) + " of " + file + " (console.users) must have the SHA-256 of the token behind {token}, "
                            + "64 digits and letters from a to f, and not the token.");
                } else if (!names.add(line.split("\\s+", 2)[0])) {
                    problems.add("Line " + (i + 1) + " of " + file + " (console.users) has a name that is in use already.");
                }
            }
        } catch (java.io.IOException unreadable) {
            problems.add("The file " + file.toAbsolutePath() + " (console.users) cannot be read: it says who else may sign in.");
        }
    }

    private void routes() {
        if (!Files.isDirectory(routes)) {
            problems.add("The directory " + routes.toAbsolutePath() + " is missing: it holds the route files, the program itself; "
                    + "start the program in the directory that contains routes/.");
        } else if (!hasRouteFiles()) {
            problems.add("The directory " + routes.toAbsolutePath() + " holds no route file (*.camel.yaml): "
                    + "copy the program's routes/ there.");
        }
    }

    private boolean hasRouteFiles() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(routes, "*.camel.yaml")) {
            return files.iterator().hasNext();
        } catch (java.io.IOException unreadable) {
            return false;
        }
    }

    private boolean number(String name, String purpose, String example, int least, int most) {
        return number(new Setting(name, "", purpose, example), least, most);
    }

    private boolean number(Setting setting, int least, int most) {
        return require(setting, v -> v.matches("\\d{1,9}") && Integer.parseInt(v) >= least && Integer.parseInt(v) <= most,
                "a whole number from " + least + " to " + most);
    }

    private void duration(String name, String purpose, String example) {
        require(new Setting(name, "", purpose, example), v -> matches(DURATION).test(v) && !v.matches("0+\\D+"),
                "a whole number above 0 with a unit (ms, s, m, h, d)");
    }

    private void yesOrNo(Setting setting) {
        require(setting, v -> v.equalsIgnoreCase("true") || v.equalsIgnoreCase("false"), "true or false");
    }

    private boolean require(Setting setting, Predicate<String> right, String must) {
        String value = value(setting.name());
        if (value.isEmpty()) {
            // one that refers to nothing is told already
            if (examples.put(setting.name(), setting.example()) == null) {
                problems.add(setting.missing());
            }
            return false;
        }
        return judge(setting, value, right, must);
    }

    private void allow(Setting setting, Predicate<String> right, String must) {
        String value = value(setting.name());
        if (!value.isEmpty()) {
            judge(setting, value, right, must);
        }
    }

    private boolean judge(Setting setting, String value, Predicate<String> right, String must) {
        boolean ok = right.test(value);
        if (!ok) {
            tell(setting, setting.wrong(value, must));
        }
        return ok;
    }

    private void tell(Setting setting, String sentence) {
        problems.add(sentence);
        examples.put(setting.name(), setting.example());
    }

    private String value(String name) {
        try {
            String value = settings.getProperty(name);
            return value == null ? "" : value.strip();
        } catch (PlaceholderResolutionException dangling) {
            if (examples.putIfAbsent(name, "") == null) {
                problems.add(UnusableSetting.dangling(name, dangling.getPlaceholder()));
            }
            return "";
        }
    }

    private static Predicate<String> matches(Pattern form) {
        return value -> form.matcher(value).matches();
    }

    private static boolean isServerAddress(String value) {
        try {
            URI address = URI.create(value);
            String path = address.getPath() == null ? "" : address.getPath();
            return ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getHost() != null && address.getUserInfo() == null && address.getQuery() == null
                    && address.getFragment() == null && !path.matches(".*/api/*");
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static boolean isWebAddress(String value) {
        try {
            URI address = URI.create(value);
            return List.of("http", "https").contains(String.valueOf(address.getScheme())) && address.getHost() != null;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static boolean isTimeZone(String value) {
        try {
            ZoneId.of(value);
            return true;
        } catch (DateTimeException unknown) {
            return false;
        }
    }
}
