package org.martsync.event;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.martsync.dhis2.Programs;
import org.martsync.mapping.FormTable;
import org.martsync.mapping.InvalidMapping;
import org.martsync.mapping.Mapping;
import org.martsync.words.Words;

/**
 * The mappings of the clinic as one run sees them: those that can be used, and of the others why they cannot.
 */
public final class Mappings {

    private final Map<String, Mapping> usable = new HashMap<>();
    private final Map<String, String> broken = new HashMap<>();

    private Mappings() {
    }

    /**
     * Reads the rows of table mapping.
     *
     * @param rows with {@code program_name}, {@code mapping_json} and {@code config} as text
     * @param programs in which the stages must be; null where they are not known, and not looked into
     */
    public static Mappings read(List<Map<String, Object>> rows, Programs programs) {
        Mappings mappings = new Mappings();
        for (Map<String, Object> row : rows) {
            String name = (String) row.get("program_name");
            try {
                Mapping mapping = Mapping.read(name, (String) row.get("mapping_json"), (String) row.get("config"));
                if (programs != null) {
                    mapping.checkedAgainst(programs);
                }
                mappings.usable.put(name, mapping);
            } catch (InvalidMapping e) {
                mappings.broken.put(name, e.getMessage());
            }
        }
        return mappings;
    }

    /** Returns the ids of the programs that mappings name. */
    public static Set<String> programs(List<Map<String, Object>> rows) {
        Set<String> programs = new TreeSet<>();
        read(rows, null).all().forEach(mapping -> {
            if (mapping.program() != null) {
                programs.add(mapping.program());
            }
        });
        return programs;
    }

    /** Whether the clinic has a mapping of this name, usable or not. */
    public boolean has(String name) {
        return name != null && (usable.containsKey(name) || broken.containsKey(name));
    }

    /** Returns a mapping, or null where it is missing or broken. */
    public Mapping get(String name) {
        return usable.get(name);
    }

    /** Returns the patient mapping, or null where it is missing or broken. */
    public Mapping patient() {
        Mapping patient = usable.get(Mapping.PATIENT);
        return patient != null && patient.patientMapping() ? patient : null;
    }

    /** Returns why nothing can be sent by this mapping itself, or null. */
    public String broken(String name) {
        return broken.get(name);
    }

    /** Returns why events of this name cannot be mapped, or null where they can. */
    public String problem(String name) {
        if (broken.containsKey(name)) {
            return broken.get(name);
        }
        Mapping mapping = usable.get(name);
        if (mapping == null) {
            return Words.say("mapping.missing", name);
        }
        if (mapping.patientMapping()) {
            return Words.say("mapping.of-patients", name);
        }
        if (patient() == null) {
            return broken.getOrDefault(Mapping.PATIENT, Words.say("mapping.no-patients", Mapping.PATIENT));
        }
        return null;
    }

    /** Names of all form tables of the usable mappings. */
    public Set<String> tables() {
        Set<String> tables = new TreeSet<>();
        usable.values().forEach(mapping -> mapping.tables().stream().map(FormTable::name).forEach(tables::add));
        return tables;
    }

    public Iterable<Mapping> all() {
        return usable.values();
    }
}
