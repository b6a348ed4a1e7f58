package org.martsync.check;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.martsync.check.Code.Weight;
import org.martsync.dhis2.Programs;
import org.martsync.dhis2.ServerInfo;
import org.martsync.event.Catalogue;
import org.martsync.mapping.Mapping;
import org.martsync.rehearse.Rehearsal;

/** One check: what is to be looked at, how far it has come, and what it found. Lives in one thread until it is done. */
public final class Checkup {

    /** The authority to do everything. */
    static final String ALL = "ALL";

    private static final Set<Code> NO_ANSWER = Set.of(Code.DHIS2_NO_ANSWER, Code.DATABASE_NO_ANSWER, Code.DATABASE_NOT_PREPARED);

    private final Instant at;
    private final String mapping;
    private final int rows;
    private final Rehearsal walk;
    private final int events;
    private final List<Finding> findings = new ArrayList<>();
    private final Set<Integer> held = new HashSet<>();
    private final Set<String> closed = new HashSet<>();
    private final Map<List<Object>, Finding> broken = new LinkedHashMap<>();
    private final Map<String, Tally> tallies = new LinkedHashMap<>();
    private final Rivals rivals = new Rivals();
    private Map<String, Long> pending = Map.of();
    private Catalogue catalogue;
    private ServerInfo server;
    private boolean searchesAfar;
    /** Null where DHIS2 was not asked for them. */
    private Set<String> authorities;
    private final Map<String, Closing> closings = new HashMap<>();
    private String program;
    private List<String> unusable = List.of();
    private long lookedAt;

    /**
     * @param at when
     * @param mapping the only mapping to look at, with its events and forms, "" for all; Patient for the patients of all events
     * @param events at most about so many pending events are looked at, those of the patients who come first in a run
     * @param rows at most so many encounters of each form beside them, the newest
     */
    public Checkup(Instant at, String mapping, int events, int rows) {
        this.at = at;
        this.mapping = mapping;
        this.rows = rows;
        this.events = events;
        this.walk = new Rehearsal(mapping.equals(Mapping.PATIENT) ? "" : mapping, events, null);
    }

    /** When it was made. */
    public Instant at() {
        return at;
    }

    /** How far the pending events are looked through. */
    public Rehearsal walk() {
        return walk;
    }

    /** Whether there are more pending events to look at, and fewer were looked at than asked for. */
    public boolean goesOn() {
        return walk.goesOn() && lookedAt < events;
    }

    /** How many of the newest encounters of each form are looked at. */
    public int rows() {
        return rows;
    }

    /** What DHIS2 said of itself, or null where it did not answer. */
    public ServerInfo server() {
        return server;
    }

    /** The program's name with its id, or null where it could not be read. */
    public String program() {
        return program;
    }

    /** How many events are pending, of all mappings or of the one that is looked at, those that were not looked at included. */
    public long pending() {
        return pending.entrySet().stream().filter(one -> ofPatients() || concerns(one.getKey())).mapToLong(Map.Entry::getValue).sum();
    }

    /** How many pending events were looked at. */
    public long lookedAt() {
        return lookedAt;
    }

    /** Those of them that would be rejected, by their ids. */
    public Set<Integer> held() {
        return Collections.unmodifiableSet(held);
    }

    void server(ServerInfo said) {
        server = said;
    }

    /** Notes that patients are searched beyond the org units in which the user may write. */
    void searchesAfar() {
        searchesAfar = true;
    }

    boolean isSearchedAfar() {
        return searchesAfar;
    }

    void authorities(Set<String> ofUser) {
        authorities = ofUser;
    }

    /** Whether DHIS2 was asked for the user's authorities, which the small check of an edited mapping does not. */
    boolean knowsAuthorities() {
        return authorities != null;
    }

    /** Whether the user has an authority in DHIS2; who may do everything has all. */
    boolean has(String authority) {
        return authorities.contains(authority) || authorities.contains(ALL);
    }

    void closes(Closing closing) {
        closings.put(closing.program().id(), closing);
    }

    /** What of a program's events DHIS2 does not take from this user any more, or null. */
    Closing closing(String ofProgram) {
        return closings.get(ofProgram);
    }

    void programs(Programs programs) {
        program = programs.main().label();
        unusable = programs.unusable();
    }

    void pending(Map<String, Long> byMapping) {
        pending = byMapping;
    }

    void catalogue(Catalogue read) {
        catalogue = read;
    }

    /** Which tables and columns can be read. */
    Catalogue catalogue() {
        return catalogue;
    }

    long pendingOf(String name) {
        return pending.getOrDefault(name, 0L);
    }

    void lookedAt(int events) {
        lookedAt += events;
    }

    void hold(int event) {
        held.add(event);
    }

    /** Holds back all events of a mapping, whatever is in them. */
    void holdAllOf(Mapping one) {
        closed.add(one.name());
    }

    /** Whether all events of a mapping are held back; with the patients' mapping all events are. */
    boolean holdsAllOf(String name) {
        return closed.contains(name) || closed.contains(Mapping.PATIENT);
    }

    /** The only mapping that is looked at, "" for all. */
    String mapping() {
        return mapping;
    }

    /** Whether a mapping of this name, its events and its forms are to be looked at. */
    boolean concerns(String name) {
        return mapping.isEmpty() || mapping.equals(name);
    }

    /** Whether the patients are to be looked at. */
    public boolean ofPatients() {
        return concerns(Mapping.PATIENT);
    }

    void add(Finding finding) {
        findings.add(finding);
    }

    /** Counts a pending event that is broken in itself; the first of each sort is the example. */
    void broken(Code code, String name, String sentence, String advice, String example) {
        broken.merge(List.of(code, String.valueOf(name), sentence), new Finding(code, name, null, sentence, advice, 1, example),
                (first, another) -> new Finding(code, name, null, sentence, advice, first.events() + 1, first.example()));
    }

    /** Patients who share what DHIS2 wants to be unique. */
    Rivals rivals() {
        return rivals;
    }

    /** Whether something was found for which nothing at all arrives. */
    boolean stops() {
        return findings.stream().anyMatch(finding -> finding.weight() == Weight.STOPS);
    }

    /** The count of how a mapping's values fit. */
    Tally tally(Mapping one) {
        return tallies.computeIfAbsent(one.name(), name -> new Tally(one));
    }

    /** What was found: what stops all first, then what holds back the most events. */
    public List<Finding> findings() {
        Map<List<Object>, Finding> once = new LinkedHashMap<>();
        Stream.of(findings, broken.values(), rivals.findings(), tallies.values().stream().flatMap(tally -> tally.findings(unusable).stream()).toList()).flatMap(Collection::stream)
                .map(one -> one.weight() == Weight.STOPS ? one.holding(pending()) : one)
                .forEach(one -> once.merge(Arrays.asList(one.code(), one.mapping(), one.subject(), one.sentence()), one,
                        (first, second) -> second.events() > first.events() ? second : first));
        List<Finding> all = new ArrayList<>(once.values());
        all.sort(Comparator.comparing((Finding one) -> one.weight()).thenComparing(Finding::events, Comparator.reverseOrder()));
        return all;
    }

    /** Whether DHIS2 and the database answered, be it only that a person must put something right first; else later may be better. */
    public boolean complete() {
        return findings.stream().noneMatch(finding -> NO_ANSWER.contains(finding.code()));
    }

    /** Whether all pending events that were looked at would be stored, as far as can be told without asking DHIS2 for each. */
    public boolean good() {
        return findings().stream().noneMatch(finding -> finding.weight() == Weight.STOPS
                || finding.weight() == Weight.HOLDS_BACK && finding.events() > 0) && held.isEmpty();
    }
}
