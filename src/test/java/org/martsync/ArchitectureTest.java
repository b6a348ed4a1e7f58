package org.martsync;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom. Java decides and knows nothing of Camel. The layers of the packages are in {@link PackagesTest}. */
@AnalyzeClasses(packages = "org.martsync", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule whatDecidesKnowsNothingOfCamel = noClasses().that()
            .resideInAnyPackage("org.martsync.mapping..", "org.martsync.dhis2..", "org.martsync.event..", "org.martsync.patient..", "org.martsync.sync..")
            .should().dependOnClassesThat().resideInAPackage("org.apache.camel..");

    @ArchTest
    static final ArchRule packagesFormNoCycles = slices().matching("org.martsync.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule nobodyKnowsTheRoot = noClasses().that().resideInAPackage("org.martsync.*..")
            .should().dependOnClassesThat().resideInAPackage("org.martsync");

    @ArchTest
    static final ArchRule namesSayWhatAClassDoes = noClasses().should().haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)");
}
