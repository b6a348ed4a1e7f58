package org.martsync.event;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.martsync.dhis2.Site;
import org.martsync.mapping.Mapping;

/** Deals the open events of a batch out to groups of one mapping and org unit, each event with its forms. */
public final class GroupEvents {

    private final Site site;

    public GroupEvents(Site site) {
        this.site = site;
    }

    public List<AlikeEvents> alike(Batch batch) {
        Map<List<String>, AlikeEvents> groups = new LinkedHashMap<>();
        for (PendingEvent event : batch.open()) {
            Mapping mapping = event.mapping();
            String orgUnit = event.orgUnit() != null ? event.orgUnit() : mapping.orgUnit() != null ? mapping.orgUnit() : site.orgUnit();
            Map<String, Set<String>> columns = batch.catalogue().mapped(mapping);
            Map<String, List<Map<String, Object>>> rows = new HashMap<>();
            columns.keySet().forEach(table -> rows.put(table, batch.forms(table, event.encounter())));
            groups.computeIfAbsent(List.of(mapping.name(), orgUnit),
                            key -> new AlikeEvents(mapping.name(), event.program().id(), mapping.stage(), orgUnit, new ArrayList<>()))
                    .events().add(new EventForms(event, event.program(), columns, rows, orgUnit));
        }
        return List.copyOf(groups.values());
    }
}
