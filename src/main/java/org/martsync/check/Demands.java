package org.martsync.check;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.martsync.dhis2.DataElement;
import org.martsync.dhis2.ProgramStage;
import org.martsync.mapping.Column;
import org.martsync.mapping.Mapping;

/** What DHIS2 demands of each event of a stage. */
final class Demands {

    private Demands() {
    }

    /**
     * What columns that can be read are mapped to.
     *
     * @param readable the columns that can be read, by table
     */
    static Set<String> mapped(Mapping mapping, Map<String, Set<String>> readable) {
        return mapping.tables().stream().flatMap(table -> table.columns().stream()
                .filter(column -> readable.getOrDefault(table.name(), Set.of()).contains(column.name()))).map(Column::dataElementId).collect(Collectors.toSet());
    }

    /** The data elements, by name and id, without which DHIS2 refuses an event of this status (recordings 105-108), and which are not mapped. */
    static List<String> unmapped(ProgramStage stage, String status, Set<String> mapped) {
        return !stage.strict() && !"COMPLETED".equals(status) ? List.of() : stage.dataElements().values().stream().filter(DataElement::compulsory)
                .filter(one -> !mapped.contains(one.id())).map(DataElement::label).toList();
    }
}
