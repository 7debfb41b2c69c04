// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.capture.classpath.ClassPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** Whose classes a connector has that a pipeline brings. */
class BroughtClassesTest {
    private static final String CORE = "io.debezium.connector.common.BaseSourceTask";

    @TempDir
    Path folder;

    private static BroughtClasses brought() throws Exception {
        return BroughtClasses.of(ClassPath.of(Path.of("target"), List.of("brought/*")));
    }

    @Test
    void debeziumIsTheBroughtOneThoughOursIsThereToo() throws Exception {
        Class<?> own = brought().loadClass(CORE);
        assertThat(own.getClassLoader()).isSameAs(brought());
        assertThat(own.getProtectionDomain().getCodeSource().getLocation().toString())
                .contains("debezium-core-3.4.");
        assertThat(Class.forName(CORE)).isNotSameAs(own);
    }

    @Test
    void whatWeTalkByIsOurs() throws Exception {
        for (Class<?> ours : List.of(Struct.class, Logger.class, String.class)) {
            assertThat(brought().loadClass(ours.getName())).isSameAs(ours);
        }
        assertThat(brought().loadClass("org.postgresql.Driver")).isSameAs(Class.forName("org.postgresql.Driver"));
    }

    @Test
    void ofDebeziumNothingIsTakenFromOurs() throws Exception {
        BroughtClasses none = BroughtClasses.of(ClassPath.of(folder, List.of(".")));
        assertThatThrownBy(() -> none.loadClass(CORE)).isInstanceOf(ClassNotFoundException.class);
        String services = "META-INF/services/io.debezium.spi.snapshot.Snapshotter";
        assertThat(Collections.list(none.getResources(services))).isEmpty();
        assertThat(Collections.list(brought().getResources(services)))
                .singleElement()
                .asString()
                .contains("debezium-core-3.4.");
        assertThat(none.getResource("META-INF/services/java.sql.Driver")).isNotNull();
    }

    @Test
    void theSameJarsAreLoadedOnce() throws Exception {
        assertThat(brought()).isSameAs(brought());
        Files.createDirectories(folder.resolve("other"));
        assertThat(BroughtClasses.of(ClassPath.of(folder, List.of("other")))).isNotSameAs(brought());
    }

    @Test
    void aConnectorThatDoesNotStopIsLeftAlone() throws Exception {
        Runnable never = () -> {
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park();
            }
        };
        assertThat(RunningConnector.stopUndisturbed(never, 50)).isFalse();
        assertThat(RunningConnector.stopUndisturbed(() -> {}, 30_000)).isTrue();
    }
}
