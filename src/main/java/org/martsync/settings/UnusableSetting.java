package org.martsync.settings;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

/**
 * A setting of Spring or Camel whose value cannot be what it must be: {@link CheckSettings} knows ours only.
 *
 * @param name     its name in {@code config/application.yaml}
 * @param sentence what is wrong with it
 * @param instead  a value that can be used
 */
record UnusableSetting(String name, String sentence, String instead) {

    /** What is left of a reference when it was looked up in vain. */
    private static final Pattern DANGLING = Pattern.compile("\\$\\{([^}:]+)}");

    /** What a setting must be, in words, and a value that is. */
    private record Form(String words, String example) {
    }

    /** The setting that a start failed for, if it was one. */
    static Optional<UnusableSetting> in(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException unusable) {
                return Optional.of(of(unusable));
            }
        }
        return Optional.empty();
    }

    private static UnusableSetting of(BindException unusable) {
        ConfigurationProperty given = unusable.getProperty();
        String name = String.valueOf(given == null ? unusable.getName() : given.getName());
        Form form = form(unusable.getTarget().getType().resolve(Object.class));
        String value = given == null ? null : String.valueOf(given.getValue());
        for (Throwable cause = unusable; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConversionFailedException converted) {
                value = String.valueOf(converted.getValue());
            }
        }
        Matcher dangling = DANGLING.matcher(String.valueOf(value));
        if (dangling.find()) {
            return new UnusableSetting(name, dangling(name, dangling.group(1)), form.example());
        }
        boolean quoted = value != null && !name.matches(".*(password|secret|token).*");
        return new UnusableSetting(name, "The setting " + name + (quoted ? " is '" + value + "', but" : "") + " must be " + form.words() + ".",
                form.example());
    }

    /** The sentence for a value with a reference in it that is nowhere set. */
    static String dangling(String name, String reference) {
        return "The setting " + name + " refers to ${" + reference + "}, which has no value.";
    }

    private static Form form(Class<?> type) {
        Class<?> whole = ClassUtils.resolvePrimitiveIfNecessary(type);
        if (whole == Integer.class || whole == Long.class || whole == Short.class) {
            return new Form("a whole number", "1000");
        }
        if (whole == Boolean.class) {
            return new Form("true or false", "true");
        }
        if (whole == Duration.class) {
            return new Form("a whole number with a unit (ms, s, m, h, d)", "1s");
        }
        if (whole == DataSize.class) {
            return new Form("a whole number with a unit (B, KB, MB, GB)", "1MB");
        }
        if (whole.isEnum()) {
            return new Form("one of " + Arrays.stream(whole.getEnumConstants()).map(one -> one.toString().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", ")), ((Enum<?>) whole.getEnumConstants()[0]).name());
        }
        return new Form("something that can be read as " + whole.getSimpleName(), "");
    }
}
