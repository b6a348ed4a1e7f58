package org.martsync;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom. Java decides and knows nothing of Camel; the packages form layers, from what DHIS2 is to the run. */
@AnalyzeClasses(packages = "org.martsync", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String OURS = "org.martsync..";

    @ArchTest
    static final ArchRule whatDecidesKnowsNothingOfCamel = noClasses().that()
            .resideInAnyPackage("org.martsync.mapping..", "org.martsync.dhis2..", "org.martsync.event..", "org.martsync.patient..", "org.martsync.sync..")
            .should().dependOnClassesThat().resideInAPackage("org.apache.camel..");

    @ArchTest
    static final ArchRule packagesFormNoCycles = slices().matching("org.martsync.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule dhis2StandsAlone = onlyKnows("dhis2");

    @ArchTest
    static final ArchRule mappingKnowsDhis2 = onlyKnows("mapping", "dhis2");

    @ArchTest
    static final ArchRule patientKnowsMappingAndDhis2 = onlyKnows("patient", "mapping", "dhis2");

    @ArchTest
    static final ArchRule eventKnowsPatientMappingAndDhis2 = onlyKnows("event", "patient", "mapping", "dhis2");

    @ArchTest
    static final ArchRule nobodyKnowsTheRoot = noClasses().that().resideInAPackage("org.martsync.*..")
            .should().dependOnClassesThat().resideInAPackage("org.martsync");

    @ArchTest
    static final ArchRule namesSayWhatAClassDoes = noClasses().should().haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)");

    /** A package of ours that depends on no other of ours but those named. */
    private static ArchRule onlyKnows(String name, String... others) {
        String[] allowed = new String[others.length + 1];
        for (int i = 0; i < others.length; i++) {
            allowed[i] = "org.martsync." + others[i] + "..";
        }
        allowed[others.length] = "org.martsync." + name + "..";
        DescribedPredicate<JavaClass> ours = JavaClass.Predicates.resideInAPackage(OURS);
        return classes().that().resideInAPackage("org.martsync." + name + "..").should().onlyDependOnClassesThat(
                DescribedPredicate.not(ours).or(JavaClass.Predicates.resideInAnyPackage(allowed))
                        .as("are none of ours or of " + String.join(", ", allowed)));
    }
}
