package dev.crossfade.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom, over all modules that a user gets. */
@AnalyzeClasses(packages = "dev.crossfade", importOptions = DoNotIncludeTests.class)
class FloorsTest {
    @ArchTest
    static final ArchRule importsRunDownwardsOnly = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("model")
            .definedBy("dev.crossfade.model..")
            .layer("mapping")
            .definedBy("dev.crossfade.mapping..")
            .layer("capture")
            .definedBy("dev.crossfade.capture..")
            .layer("transform")
            .definedBy("dev.crossfade.transform..")
            .layer("sink")
            .definedBy("dev.crossfade.sink..")
            .layer("verify")
            .definedBy("dev.crossfade.verify..")
            .layer("broker")
            .definedBy("dev.crossfade.broker..")
            .layer("pipeline")
            .definedBy("dev.crossfade.pipeline..")
            .layer("app")
            .definedBy("dev.crossfade.app..")
            .layer("testkit")
            .definedBy("dev.crossfade.testkit..")
            .whereLayer("testkit")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("app")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("pipeline")
            .mayOnlyBeAccessedByLayers("app")
            .whereLayer("capture")
            .mayOnlyBeAccessedByLayers("pipeline")
            .whereLayer("transform")
            .mayOnlyBeAccessedByLayers("pipeline")
            .whereLayer("sink")
            .mayOnlyBeAccessedByLayers("pipeline")
            // The report of a verification goes through pipeline to the screen as it is.
            .whereLayer("verify")
            .mayOnlyBeAccessedByLayers("pipeline", "app")
            .whereLayer("broker")
            .mayOnlyBeAccessedByLayers("app", "testkit")
            .whereLayer("mapping")
            .mayOnlyBeAccessedByLayers("capture", "transform", "sink", "verify", "pipeline")
            .whereLayer("model")
            .mayNotAccessAnyLayer()
            .whereLayer("mapping")
            .mayOnlyAccessLayers("model")
            .whereLayer("broker")
            .mayNotAccessAnyLayer();

    @ArchTest
    static final ArchRule debeziumStopsInCapture = noClasses()
            .that()
            .resideInAPackage("dev.crossfade..")
            .and()
            .resideOutsideOfPackage("dev.crossfade.capture..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.debezium..");

    @ArchTest
    static final ArchRule streamsStopsInTransform = noClasses()
            .that()
            .resideInAPackage("dev.crossfade..")
            .and()
            .resideOutsideOfPackage("dev.crossfade.transform..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka.streams..");

    @ArchTest
    static final ArchRule calciteStopsInMapping = noClasses()
            .that()
            .resideInAPackage("dev.crossfade..")
            .and()
            .resideOutsideOfPackage("dev.crossfade.mapping..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.calcite..");

    @ArchTest
    static final ArchRule driversStopInCaptureSinkAndVerify = noClasses()
            .that()
            .resideInAPackage("dev.crossfade..")
            .and()
            .resideOutsideOfPackages(
                    "dev.crossfade.capture..",
                    "dev.crossfade.sink..",
                    "dev.crossfade.verify..",
                    "dev.crossfade.testkit..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.mariadb..", "org.postgresql..", "com.zaxxer..");

    @ArchTest
    static final ArchRule theBrokersInsidesStopInBroker = noClasses()
            .that()
            .resideInAPackage("dev.crossfade..")
            .and()
            .resideOutsideOfPackage("dev.crossfade.broker..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("kafka..");

    @ArchTest
    static final ArchRule onlyTheAppKnowsThePlaceWhereItLogs = noClasses()
            .that()
            .resideInAPackage("dev.crossfade..")
            .and()
            .resideOutsideOfPackage("dev.crossfade.app..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ch.qos.logback..", "picocli..");
}
