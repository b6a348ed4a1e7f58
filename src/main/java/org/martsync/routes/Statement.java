package org.martsync.routes;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An SQL file as it is written. What is wrong with it on any database is found by a plain look; PostgreSQL, which alone knows
 * its whole language, is asked by {@link TryStatements}.
 */
record Statement(Path file, String text) {

    /**
     * What a route has to give by name.
     *
     * @param name {@code size} of {@code :#size} and {@code :#in:size}, or an expression like {@code ${variable.events}}
     */
    record Parameter(String name, int line) {
    }

    /** Of a # alone Camel makes a parameter too, also where PostgreSQL has an operator of it. */
    private static final Pattern PARAMETER = Pattern.compile(":[#?](?:in:)?(\\$\\{[^}]*}|\\w+)|#");
    private static final Pattern COMMENT = Pattern.compile("(?m)^[ \\t]*--.*$");
    /** Not that of a parameter. */
    private static final Pattern GAP = Pattern.compile("(?<!:[#?])(?<!:[#?]in:)\\$\\{([^}]*)}");
    private static final Pattern EXPRESSION = Pattern.compile("\\$\\{[^}]*}");
    private static final Pattern DOLLARS = Pattern.compile("\\$(?:[A-Za-z_]\\w*)?\\$");
    /** Each that opens stands before the one that closes it. */
    private static final String PAIRS = "()[]";

    static boolean isIn(Path file) {
        return file.toString().endsWith(".sql");
    }

    private String withoutComments() {
        return COMMENT.matcher(text).replaceAll("");
    }

    /** What a route fills in before it is sent, where it is a template: {@code body.table} of {@code ${body.table}}. */
    List<String> gaps() {
        return GAP.matcher(withoutComments()).results().map(gap -> gap.group(1).strip()).toList();
    }

    /** As it is sent but for lines that are comments, with samples in its gaps. */
    String filled(Map<String, String> samples) {
        return GAP.matcher(withoutComments()).replaceAll(gap -> Matcher.quoteReplacement(samples.get(gap.group(1).strip())));
    }

    /** The same with question marks for its parameters. */
    static String prepared(String sent) {
        return PARAMETER.matcher(sent).replaceAll("?");
    }

    /** The same as PostgreSQL counts its characters, with $1 for the first parameter. */
    static String numbered(String sent) {
        int[] number = {0};
        return PARAMETER.matcher(sent).replaceAll(parameter -> Matcher.quoteReplacement("$" + ++number[0]));
    }

    List<Parameter> parameters() {
        String sent = withoutComments();
        return PARAMETER.matcher(sent).results().filter(found -> found.group(1) != null)
                .map(found -> new Parameter(found.group(1), 1 + (int) sent.substring(0, found.start()).chars().filter(c -> c == '\n').count())).toList();
    }

    /** What is left open, closed twice or missing; the first only, since it makes the rest look wrong too. */
    List<Problem> problems() {
        return new Look().problems();
    }

    /** Goes through the text once. */
    private final class Look {

        private final Deque<Integer> open = new ArrayDeque<>();
        private boolean holdsSomething;
        private int at;

        List<Problem> problems() {
            while (at < text.length()) {
                int begin = at;
                String unclosed = pass();
                if (unclosed != null) {
                    return List.of(problem(begin, unclosed));
                }
            }
            if (!open.isEmpty()) {
                return List.of(problem(open.peek(), text.charAt(open.peek()) + " is never closed"));
            }
            return holdsSomething ? List.of() : List.of(new Problem(file, 0, "holds no statement"));
        }

        /** Passes over one thing and returns what is wrong with it, or null. */
        private String pass() {
            char c = text.charAt(at);
            if (text.startsWith("--", at)) {
                at = end("\n", at);
                return null;
            }
            if (text.startsWith("/*", at)) {
                return until("*/", 2, "the comment /* is never closed");
            }
            if (Character.isWhitespace(c)) {
                at++;
                return null;
            }
            holdsSomething = true;
            Matcher gap = EXPRESSION.matcher(text).region(at, text.length());
            Matcher dollars = DOLLARS.matcher(text).region(at, text.length());
            if (gap.lookingAt()) {
                at = gap.end();
                return null;
            }
            if (c == '\'' || c == '"') {
                return quoted(c);
            }
            if (dollars.lookingAt() && (at == 0 || !Character.isJavaIdentifierPart(text.charAt(at - 1)))) {
                return until(dollars.group(), dollars.group().length(), "the text in " + dollars.group() + " never ends");
            }
            return bracket(c);
        }

        private String quoted(char quote) {
            boolean backslashes = quote == '\'' && at > 0 && Character.toUpperCase(text.charAt(at - 1)) == 'E'
                    && (at == 1 || !Character.isJavaIdentifierPart(text.charAt(at - 2)));
            for (at++; at < text.length(); at++) {
                if (backslashes && text.charAt(at) == '\\') {
                    at++;
                } else if (text.charAt(at) == quote) {
                    at++;
                    return null;
                }
            }
            return "the text in " + quote + " never ends";
        }

        private String bracket(char c) {
            int place = PAIRS.indexOf(c);
            if (place >= 0 && place % 2 == 0) {
                open.push(at);
            }
            at++;
            if (place % 2 == 1) {
                if (open.isEmpty()) {
                    return c + " closes nothing";
                }
                char opened = text.charAt(open.pop());
                if (opened != PAIRS.charAt(place - 1)) {
                    return c + " closes a " + opened;
                }
            }
            return null;
        }

        private String until(String closing, int begin, String otherwise) {
            boolean closed = text.indexOf(closing, at + begin) >= 0;
            at = end(closing, at + begin);
            return closed ? null : otherwise;
        }

        private int end(String closing, int from) {
            int found = text.indexOf(closing, from);
            return found < 0 ? text.length() : found + closing.length();
        }

        private Problem problem(int position, String reason) {
            return new Problem(file, 1 + (int) text.substring(0, position).chars().filter(c -> c == '\n').count(), reason);
        }
    }
}
