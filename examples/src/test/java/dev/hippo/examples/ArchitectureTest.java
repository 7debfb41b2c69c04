// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The arrows of docs/architecture.md, read from the classes of the modules that are built; a build of the whole tree has them all by now. */
class ArchitectureTest {
    private static final String ROOT = "dev.hippo.";
    /** From the bottom up: a layer knows only those before it. */
    private static final List<List<String>> LAYERS = List.of(
            List.of("contracts", "sdk", "ports"),
            List.of("pipeline"),
            List.of("wire"),
            List.of("broker", "kit", "door", "changes"),
            List.of("frontier", "capture", "flink", "lake", "batch", "jdbc", "doctor", "query"),
            List.of("cli"));

    private static JavaClasses classes;

    @BeforeAll
    static void read() throws IOException {
        classes = new ClassFileImporter().importPaths(built());
        for (List<String> layer : LAYERS) {
            assertThat(layer)
                    .allMatch(name -> classes.stream()
                            .anyMatch(type -> type.getPackageName().startsWith(ROOT + name)));
        }
    }

    private static List<Path> built() throws IOException {
        Path root = root();
        try (Stream<Path> all = Files.walk(root, 4)) {
            return all.filter(path -> path.endsWith("target/classes"))
                    .filter(path -> !path.startsWith(root.resolve("bench")))
                    .toList();
        }
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("platform")) ? here : here.getParent();
    }

    @Test
    void arrowsPointDown() {
        for (int lower = 0; lower < LAYERS.size(); lower++) {
            for (int upper = lower + 1; upper < LAYERS.size(); upper++) {
                noClasses()
                        .that()
                        .resideInAnyPackage(packages(LAYERS.get(lower)))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(packages(LAYERS.get(upper)))
                        .allowEmptyShould(true)
                        .check(classes);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"frontier", "capture", "flink", "lake", "batch", "doctor", "query"})
    void noServiceKnowsAnother(String service) {
        List<String> others =
                LAYERS.get(4).stream().filter(other -> !other.equals(service)).toList();
        noClasses()
                .that()
                .resideInAPackage(ROOT + service + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages(others))
                .allowEmptyShould(true)
                .check(classes);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("dev.hippo.(**)")
                .should()
                .beFreeOfCycles()
                // it names every command, also those of packages that stand on its own
                .ignoreDependency(name("dev.hippo.cli.Main"), alwaysTrue())
                .allowEmptyShould(true)
                .check(classes);
    }

    @ParameterizedTest
    @CsvSource({
        "org.apache.flink.., flink",
        "io.delta.., lake query",
        "org.apache.hadoop.., lake query",
        "org.duckdb.., query examples",
        "kafka.server.., broker",
        "org.apache.kafka.server.., broker",
        "com.linecorp.armeria.., frontier examples",
    })
    void anEngineIsKnownToItsModuleOnly(String engine, String homes) {
        noClasses()
                .that()
                .resideOutsideOfPackages(packages(List.of(homes.split(" "))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(engine)
                .allowEmptyShould(true)
                .check(classes);
    }

    /** By the time that this module is tested, a build of the whole tree has filled lib/. */
    @ParameterizedTest
    @CsvSource({
        "flink-, flink",
        "frocksdbjni-, flink",
        "kafka_2.13-, broker",
        "kafka-raft-, broker",
        "delta-kernel-, lake query",
        "hadoop-, lake query",
        "duckdb_jdbc-, query capture",
        "arrow-, query",
        "armeria-, frontier",
        "spark-, ''",
        "debezium-, capture",
    })
    void anEnginesJarsLieInTheLibFoldersOfItsProcesses(String jar, String homes) throws IOException {
        Path lib = root().resolve("lib");
        assumeThat(lib.resolve(".built").toFile().exists() || Files.isDirectory(lib.resolve("cli")))
                .as("lib/ is filled by 'mvn package'")
                .isTrue();
        try (Stream<Path> jars = Files.walk(lib, 2)) {
            assertThat(jars.filter(path -> path.getFileName().toString().startsWith(jar))
                            .map(path -> path.getParent().getFileName().toString())
                            // filled after this test
                            .filter(home -> !home.equals("examples"))
                            .distinct())
                    .containsExactlyInAnyOrder(homes.isEmpty() ? new String[0] : homes.split(" "));
        }
    }

    private static String[] packages(List<String> names) {
        return names.stream().map(name -> ROOT + name + "..").toArray(String[]::new);
    }
}
