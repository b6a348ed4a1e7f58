package org.martsync.dhis2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgramsTest {

    private static final ProgramMetadata MAIN = program("MainProgrm1", "Person00001", attribute("Uic00000001", true), attribute("Address0001", false));
    private static final ProgramMetadata TB = program("TbProgram01", "Person00001", attribute("Phone000001", true), attribute("Address0001", true));
    private static final ProgramMetadata LAB = program("LabProgram1", "Client00001", attribute("Number00001", true), attribute("Address0001", false));
    private static final Programs PROGRAMS = new Programs(MAIN, Map.of("TbProgram01", TB, "LabProgram1", LAB), Map.of());

    private static Attribute attribute(String id, boolean mandatory) {
        return new Attribute(id, id, ValueType.TEXT, mandatory, false, null);
    }

    private static ProgramMetadata program(String id, String type, Attribute... attributes) {
        Map<String, Attribute> byId = new LinkedHashMap<>();
        Arrays.stream(attributes).forEach(one -> byId.put(one.id(), one));
        return new ProgramMetadata(id, id, type, false, false, false, null, byId, Map.of());
    }

    @Test
    void peopleHaveTheAttributesOfTheProgramsOfTheirType() {
        assertThat(PROGRAMS.people().attributes()).containsOnlyKeys("Uic00000001", "Address0001", "Phone000001");
        assertThat(PROGRAMS.people(LAB).attributes()).containsOnlyKeys("Number00001", "Address0001");
        assertThat(PROGRAMS.everybody().attributes()).containsOnlyKeys("Uic00000001", "Address0001", "Phone000001", "Number00001");
        assertThat(PROGRAMS.have("Number00001")).isTrue();
        assertThat(PROGRAMS.have("Nowhere0001")).isFalse();
    }

    @Test
    void theConfiguredProgramsTypeComesFirst() {
        assertThat(PROGRAMS.types().keySet()).containsExactly("Person00001", "Client00001");
        assertThat(PROGRAMS.types().get("Client00001").id()).isEqualTo("LabProgram1");
        assertThat(Programs.only(MAIN).types()).containsExactly(Map.entry("Person00001", MAIN));
    }

    @Test
    void whatAProgramForOtherPeopleDemandsIsNotDemandedOfThese() {
        assertThat(PROGRAMS.mayDemand(MAIN, "Address0001")).as("the second program for them does").isTrue();
        assertThat(PROGRAMS.mayDemand(LAB, "Address0001")).isFalse();
        assertThat(new Programs(MAIN, Map.of("LabProgram1", LAB), Map.of("Unknown0001", "gone")).mayDemand(LAB, "Address0001"))
                .as("a program that cannot be read may").isTrue();
    }
}
