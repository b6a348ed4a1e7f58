package org.martsync.check;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds the name that was perhaps meant. */
final class Nearest {

    private Nearest() {
    }

    /** The name that differs least, in no more than a third of its letters; null when there is none. */
    static String of(String meant, Collection<String> names) {
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        String wanted = meant.toLowerCase(Locale.ROOT);
        return names.stream().filter(name -> distance.apply(wanted, name.toLowerCase(Locale.ROOT)) * 3 <= wanted.length())
                .min(Comparator.comparing((String name) -> distance.apply(wanted, name.toLowerCase(Locale.ROOT))).thenComparing(Comparator.naturalOrder()))
                .orElse(null);
    }
}
