package org.martsync;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The table of packages in {@code docs/development.md}. */
@AnalyzeClasses(packages = "org.martsync", importOptions = ImportOption.DoNotIncludeTests.class)
class PackagesTest {

    @ArchTest
    static final ArchRule EACH_USES_WHAT_IT_MAY = layeredArchitecture().consideringOnlyDependenciesInLayers()
            .layer("words").definedBy("..martsync.words..")
            .layer("database").definedBy("..martsync.database..")
            .layer("dhis2").definedBy("..martsync.dhis2..")
            .layer("mapping").definedBy("..martsync.mapping..")
            .layer("patient").definedBy("..martsync.patient..")
            .layer("event").definedBy("..martsync.event..")
            .layer("turns").definedBy("..martsync.turns..")
            .layer("sync").definedBy("..martsync.sync..")
            .layer("health").definedBy("..martsync.health..")
            .layer("operate").definedBy("..martsync.operate..")
            .layer("rehearse").definedBy("..martsync.rehearse..")
            .layer("check").definedBy("..martsync.check..")
            .layer("reconcile").definedBy("..martsync.reconcile..")
            .layer("page").definedBy("..martsync.page..")
            .layer("beside").definedBy("..martsync.schedule..", "..martsync.console..")
            .layer("settings").definedBy("..martsync.settings..")
            .layer("sites").definedBy("..martsync.sites..")
            .layer("routes").definedBy("..martsync.routes..")
            .layer("root").definedBy("org.martsync")
            .whereLayer("words").mayNotAccessAnyLayer()
            .whereLayer("database").mayNotAccessAnyLayer()
            .whereLayer("dhis2").mayOnlyAccessLayers("words")
            .whereLayer("mapping").mayOnlyAccessLayers("words", "dhis2")
            .whereLayer("patient").mayOnlyAccessLayers("words", "database", "dhis2", "mapping")
            .whereLayer("event").mayOnlyAccessLayers("words", "database", "dhis2", "mapping", "patient")
            .whereLayer("turns").mayNotAccessAnyLayer()
            .whereLayer("sync").mayOnlyAccessLayers("words", "database", "dhis2", "mapping", "patient", "event", "turns")
            .whereLayer("health").mayOnlyAccessLayers("dhis2", "sync")
            .whereLayer("operate").mayOnlyAccessLayers("dhis2", "patient", "event", "sync", "check")
            .whereLayer("rehearse").mayOnlyAccessLayers("mapping", "event")
            .whereLayer("check").mayOnlyAccessLayers("database", "dhis2", "mapping", "patient", "event", "rehearse")
            .whereLayer("reconcile").mayOnlyAccessLayers("database", "dhis2", "mapping", "patient", "event", "sync")
            .whereLayer("page").mayOnlyAccessLayers("operate", "check", "sync", "beside", "sites")
            .whereLayer("sites").mayOnlyAccessLayers("settings")
            .whereLayer("beside").mayNotAccessAnyLayer()
            .whereLayer("settings").mayOnlyAccessLayers("words")
            .whereLayer("routes").mayOnlyAccessLayers("settings");

    @ArchTest
    static final ArchRule WHAT_DECIDES_KNOWS_NO_CAMEL = noClasses()
            .that().resideInAnyPackage("..dhis2..", "..mapping..", "..patient..", "..event..", "..sync..", "..turns..", "..rehearse..", "..check..", "..reconcile..", "..console..", "..database..")
            .should().dependOnClassesThat().resideInAPackage("org.apache.camel..");
}
