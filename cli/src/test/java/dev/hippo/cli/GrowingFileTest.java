// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowingFileTest {
    @TempDir
    private Path folder;

    private Path log;
    private GrowingFile file;

    @BeforeEach
    void follow() {
        log = folder.resolve("gate.log");
        file = new GrowingFile(log);
    }

    private void write(String text) throws IOException {
        Files.writeString(log, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** As the service's log rolls: every old file moves one number up, the present one becomes number 1. */
    private void roll() throws IOException {
        for (int number = 4; number >= 1; number--) {
            Path old = folder.resolve("gate.log." + number);
            if (Files.exists(old)) {
                Files.move(old, folder.resolve("gate.log." + (number + 1)));
            }
        }
        Files.move(log, folder.resolve("gate.log.1"));
    }

    @Test
    void aFileThatIsNotThereYetHasNoLines() throws IOException {
        assertThat(file.news()).isEmpty();
        write("a\n");
        assertThat(file.news()).containsExactly("a");
    }

    @Test
    void aLineIsGivenOnceAndWhenItIsWhole() throws IOException {
        write("a\nhal");
        assertThat(file.news()).containsExactly("a");
        write("f\nb\n");
        assertThat(file.news()).containsExactly("half", "b");
        assertThat(file.news()).isEmpty();
    }

    @Test
    void linesWrittenJustBeforeARollAreNotLost() throws IOException {
        write("a\n");
        assertThat(file.news()).containsExactly("a");
        write("b\n");
        roll();
        write("c\n");
        assertThat(file.news()).containsExactly("b", "c");
    }

    @Test
    void aNewFileThatIsLongerThanTheOldOneIsReadFromItsBeginning() throws IOException {
        write("a\n");
        file.news();
        roll();
        write("a much longer line\n");
        assertThat(file.news()).containsExactly("a much longer line");
    }

    @Test
    void severalRollsBetweenTwoLooksLoseNothing() throws IOException {
        write("a\n");
        file.news();
        write("b\n");
        roll();
        write("c\n");
        roll();
        write("d\n");
        roll();
        write("e\n");
        assertThat(file.news()).containsExactly("b", "c", "d", "e");
    }

    @Test
    void aLookInTheMiddleOfARollLosesNothing() throws IOException {
        write("a\n");
        file.news();
        write("b\n");
        roll();
        assertThat(file.news()).isEmpty();
        write("c\n");
        assertThat(file.news()).containsExactly("b", "c");
    }

    @Test
    void anEmptiedFileIsReadFromItsBeginning() throws IOException {
        write("a line of the process before\n");
        file.news();
        Files.writeString(log, "new\n");
        assertThat(file.news()).containsExactly("new");
    }

    @Test
    void bytesThatAreNoTextDoNotStopIt() throws IOException {
        Files.write(log, new byte[] {(byte) 0xff, 'x', '\n'});
        assertThat(file.news()).singleElement().asString().endsWith("x");
    }
}
