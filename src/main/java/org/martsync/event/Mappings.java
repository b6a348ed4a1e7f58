package org.martsync.event;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.martsync.dhis2.Programs;
import org.martsync.mapping.FormTable;
import org.martsync.mapping.InvalidMapping;
import org.martsync.mapping.Mapping;
import org.martsync.words.Words;

/**
 * The mappings of the clinic: those that can be used, and of the others why they cannot. An edit that cannot be read is
 * refused, and the mapping counts as it was before, as a route file that is broken by an edit. One that can be read and
 * names what DHIS2 does not have is not: it may have it since the metadata were read, and events sent by the mapping of
 * before would stay where they no longer belong. They are rejected, and tried again. The patients' mapping, which sends
 * nobody to another place, goes back in both cases, as without it nothing is sent at all.
 */
public final class Mappings {

    private static final String USABLE = "usable_";

    private final Map<String, Mapping> usable = new HashMap<>();
    private final Map<String, String> broken = new HashMap<>();
    private final Map<String, String> refused = new TreeMap<>();
    /** Names of those that an edit which cannot be read may be followed by. */
    private final Set<String> toKeep = new HashSet<>();
    private final List<Map<String, Object>> rows;
    private final Programs programs;

    private Mappings(List<Map<String, Object>> rows, Programs programs) {
        this.rows = rows;
        this.programs = programs;
    }

    /**
     * Reads the rows of table mapping.
     *
     * @param rows of {@code routes/sql/read-mappings.sql}: {@code program_name}, {@code mapping_json} and {@code config} as
     *     text, and {@code usable_mapping_json} and {@code usable_config}, which these were when they could last be used, or null
     * @param programs in which the stages must be; null where they are not known, and not looked into
     */
    public static Mappings read(List<Map<String, Object>> rows, Programs programs) {
        Mappings mappings = new Mappings(rows, programs);
        for (Map<String, Object> row : rows) {
            mappings.add(row);
        }
        return mappings;
    }

    private void add(Map<String, Object> row) {
        String name = name(row);
        try {
            Mapping mapping = read(row, "");
            if (!Mapping.PATIENT.equals(name)) {
                toKeep.add(name);
            }
            check(mapping);
            usable.put(name, mapping);
            toKeep.add(name);
        } catch (InvalidMapping asItIs) {
            if (toKeep.contains(name)) {
                broken.put(name, asItIs.getMessage());
            } else {
                goBack(row, asItIs);
            }
        }
    }

    private void goBack(Map<String, Object> row, InvalidMapping edit) {
        String name = name(row);
        try {
            Mapping before = read(row, USABLE);
            check(before);
            usable.put(name, before);
            refused.put(name, edit.getMessage());
        } catch (InvalidMapping neither) {
            broken.put(name, edit.getMessage());
        }
    }

    private void check(Mapping mapping) {
        if (programs != null) {
            mapping.checkedAgainst(programs);
        }
    }

    /**
     * Reads rows that were edited since; what cannot be read goes back to what it is here.
     *
     * @param edited rows of {@code routes/sql/read-mappings.sql}
     */
    public Mappings edited(List<Map<String, Object>> edited, Programs beside) {
        Map<String, Map<String, Object>> own = rows.stream().filter(row -> toKeep.contains(name(row))).collect(Collectors.toMap(Mappings::name, row -> row));
        return read(edited.stream().map(row -> own.containsKey(name(row)) ? before(row, own.get(name(row))) : row).toList(), beside);
    }

    private static Map<String, Object> before(Map<String, Object> row, Map<String, Object> own) {
        Map<String, Object> both = new HashMap<>(row);
        both.put(USABLE + "mapping_json", own.get("mapping_json"));
        both.put(USABLE + "config", own.get("config"));
        return both;
    }

    /** Returns the row with these in its columns, where they are not null, and nothing to go back to: where they cannot be used, that is what is asked. */
    public static Map<String, Object> tried(Map<String, Object> row, String mappingJson, String config) {
        Map<String, Object> tried = new HashMap<>(row);
        tried.put("mapping_json", mappingJson == null ? row.get("mapping_json") : mappingJson);
        tried.put("config", config == null ? row.get("config") : config);
        tried.keySet().removeIf(column -> column.startsWith(USABLE));
        return tried;
    }

    private static String name(Map<String, Object> row) {
        return (String) row.get("program_name");
    }

    private static Mapping read(Map<String, Object> row, String which) {
        return Mapping.read(name(row), (String) row.get(which + "mapping_json"), (String) row.get(which + "config"));
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


    /** Returns those rows that an edit which cannot be read may be followed by, and that differ from what is kept of them. */
    public List<Map<String, Object>> toKeep() {
        return rows.stream().filter(row -> toKeep.contains(name(row)))
                .filter(row -> !Objects.equals(row.get("mapping_json"), row.get(USABLE + "mapping_json")) || !Objects.equals(row.get("config"), row.get(USABLE + "config")))
                .toList();
    }

    /** The programs that the mappings were read beside; null where these were not known. */
    public Programs programs() {
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

    /** Returns why a mapping cannot be used as it was edited, and counts as it was before; or null. */
    public String refused(String name) {
        return refused.get(name);
    }

    /** Returns a sentence for people: why nothing, or only what was before, can be sent by the mapping of this name; or null. */
    public String trouble(String name) {
        return refused.containsKey(name) ? Words.say("mapping.refused", refused.get(name)) : broken.get(name);
    }

    /** Returns a sentence for each mapping whose last edit is refused. */
    public List<String> refusals() {
        return refused.keySet().stream().map(this::trouble).toList();
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
