package org.martsync.event;

import java.sql.Timestamp;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.martsync.dhis2.ProgramStage;
import org.martsync.dhis2.Site;
import org.martsync.mapping.DateText;
import org.martsync.mapping.FillDataValues;
import org.martsync.mapping.Filled;
import org.martsync.mapping.Mapping;
import org.martsync.words.Words;

/** Makes the DHIS2 event of one encounter from the rows of its forms, or rejects it with everything that is wrong. */
public final class MapEvent {

    private final Site site;
    private final FillDataValues fillDataValues = new FillDataValues();

    public MapEvent(Site site) {
        this.site = site;
    }

    /**
     * Returns the event as DHIS2 takes it: {@code event, program, programStage, enrollment, orgUnit, occurredAt, status,
     * dataValues[{dataElement, value}]}. Empty values are sent too: they clear what was cleared in the clinic.
     *
     * @return the map, which may be changed
     * @throws EventRejected with all that is wrong
     */
    public Map<String, Object> map(EventForms forms) {
        PendingEvent event = forms.event();
        Mapping mapping = event.mapping();
        Map<String, List<Map<String, Object>>> rows = forms.rows();
        var known = event.patient().inDhis2() == null ? null : event.patient().inDhis2().enrolmentOf(event.uid()).orElse(null);
        String status = known == null ? site.eventStatus() : known.events().get(event.uid());
        ProgramStage stage = forms.program().stages().get(mapping.stage());
        Filled filled = fillDataValues.fill(mapping, stage, forms.columns(), rows, status);
        if (!filled.problems().isEmpty()) {
            boolean lost = !event.encounterKnown() && rows.values().stream().allMatch(List::isEmpty);
            throw new EventRejected(String.join(", ", filled.problems())
                    + (lost ? " " + Words.say("event.encounter-unknown", event.encounterId()) : ""));
        }
        String dateless = dateProblem(event, rows);
        if (dateless != null) {
            throw new EventRejected(dateless);
        }
        event.notes().addAll(filled.notes());

        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("event", event.uid());
        payload.put("program", forms.program().id());
        payload.put("programStage", mapping.stage());
        payload.put("enrollment", known == null ? event.patient().enrolment(forms.program()).uid() : known.uid());
        payload.put("orgUnit", forms.orgUnit());
        payload.put("occurredAt", date(event, rows).toString());
        payload.put("status", status);
        List<Map<String, Object>> values = new ArrayList<>(filled.values().size());
        filled.values().forEach((element, value) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("dataElement", element);
            one.put("value", value);
            values.add(one);
        });
        payload.put("dataValues", values);
        return payload;
    }

    /** Says why an event has no date that it can be sent with, or null. */
    public static String dateProblem(PendingEvent event, Map<String, List<Map<String, Object>>> rows) {
        LocalDate date = date(event, rows);
        if (date == null) {
            return Words.say("event.no-date", event.encounterId());
        }
        return DateText.canBeRight(date) ? null
                : Words.say("event.wrong-date", event.encounterId(), date);
    }

    /** The day that an event is sent with, or null. The time of the encounter stands in each of its form rows; the oldest is taken. */
    public static LocalDate date(PendingEvent event, Map<String, List<Map<String, Object>>> rows) {
        Timestamp oldest = null;
        for (List<Map<String, Object>> form : rows.values()) {
            for (Map<String, Object> row : form) {
                Timestamp time = (Timestamp) row.get(FormQuery.TIME);
                if (time != null && (oldest == null || time.before(oldest))) {
                    oldest = time;
                }
            }
        }
        return oldest == null ? event.encounterDate() : DateText.day(oldest);
    }
}
