package org.martsync.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a check found, for people and for programs. Examples quote patients' values, and can be left out.
 *
 * @param zone in which times are told
 * @param examples whether examples are shown
 */
public record Report(Checkup checkup, ZoneId zone, boolean examples) {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    /** What was looked at, in a sentence. */
    public String looked() {
        return "Checked at " + TIME.format(checkup.at().atZone(zone)) + (checkup.server() == null ? "" : " against DHIS2 " + checkup.server().version()
                + " at " + checkup.server().host()) + (checkup.program() == null ? "" : ", program " + checkup.program()) + ": "
                + number(checkup.lookedAt()) + " of " + number(checkup.pending()) + " pending events.";
    }

    /** What follows, in a sentence. */
    public String result() {
        List<Finding> findings = checkup.findings();
        if (findings.isEmpty()) {
            return "Nothing was found.";
        }
        String all = findings.size() == 1 ? "1 finding" : number(findings.size()) + " findings";
        if (findings.get(0).weight() == Code.Weight.STOPS) {
            return all + "; nothing at all would arrive.";
        }
        int held = checkup.held().size();
        return all + "; " + (held == 0 ? "no event is" : number(held) + (held == 1 ? " event is" : " events are")) + " held back.";
    }

    public List<Finding> findings() {
        return checkup.findings();
    }

    /** For a terminal. */
    public String text() {
        StringBuilder text = new StringBuilder(looked()).append(System.lineSeparator()).append(result());
        for (Finding finding : findings()) {
            text.append(String.format(Locale.ROOT, "%n%n%7s  %s%s%n         %s %s", events(finding), finding.code(),
                    finding.mapping() == null ? "" : "  " + finding.mapping(), finding.sentence(), finding.advice()));
            if (examples && finding.example() != null) {
                text.append(String.format(Locale.ROOT, "%n         For example %s", finding.example()));
            }
        }
        return text.toString();
    }

    /** How many events a finding holds back or touches, or nothing. */
    public String events(Finding finding) {
        return finding.events() == 0 ? "" : number(finding.events());
    }

    /** Findings of one weight, with what it means for the events. */
    public record Group(String meaning, List<Finding> findings) {
    }

    /** The findings by their weight, the gravest first. */
    public List<Group> groups() {
        Map<Code.Weight, List<Finding>> groups = new EnumMap<>(Code.Weight.class);
        findings().forEach(finding -> groups.computeIfAbsent(finding.weight(), weight -> new ArrayList<>()).add(finding));
        return groups.entrySet().stream().map(group -> new Group(meaning(group.getKey()), group.getValue())).toList();
    }

    private static String meaning(Code.Weight weight) {
        return switch (weight) {
            case STOPS -> "Nothing arrives until this is mended";
            case HOLDS_BACK -> "Holds events back";
            case WARNS -> "Events arrive, but perhaps not as you think";
            case NOTE -> "Worth knowing";
        };
    }

    /** For programs: the keys and the codes stay as they are. */
    public Map<String, Object> asMap() {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("checkedAt", checkup.at().toString());
        told.put("dhis2", checkup.server() == null ? null : checkup.server().version());
        told.put("program", checkup.program());
        told.put("pending", checkup.pending());
        told.put("looked", checkup.lookedAt());
        told.put("held", checkup.held().size());
        told.put("findings", findings().stream().map(this::asMap).toList());
        return told;
    }

    private Map<String, Object> asMap(Finding finding) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("code", finding.code().name());
        told.put("weight", finding.weight().name());
        told.put("mapping", finding.mapping());
        told.put("subject", finding.subject());
        told.put("events", finding.events());
        told.put("sentence", finding.sentence());
        told.put("advice", finding.advice());
        if (examples) {
            told.put("example", finding.example());
        }
        return told;
    }

    /** {@link #asMap()} as JSON. */
    public String json() {
        try {
            return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(asMap());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("names, numbers and texts can be written as JSON", e);
        }
    }

    private static String number(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
