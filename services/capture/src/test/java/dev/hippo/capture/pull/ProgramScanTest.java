// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.sdk.PullSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the rows of a program's iterator are read. */
class ProgramScanTest {
    @TempDir
    Path folder;

    /** A user's class. */
    public static final class Prices implements PullSource {
        @Override
        public Iterator<Map<String, Object>> scan() {
            return List.<Map<String, Object>>of(Map.of("id", 1, "name", "Tea", "more", 5), Map.of("id", 2L))
                    .iterator();
        }
    }

    /** One whose iterator throws at the third row. */
    public static final class Breaking implements PullSource {
        @Override
        public Iterator<Map<String, Object>> scan() {
            return new Iterator<>() {
                private int row;

                @Override
                public boolean hasNext() {
                    return true;
                }

                @Override
                public Map<String, Object> next() {
                    if (++row > 2) {
                        throw new NoSuchElementException("the shop is shut");
                    }
                    return Map.of("id", row);
                }
            };
        }
    }

    /** One that cannot be made. */
    public static final class Unmade implements PullSource {
        public Unmade() {
            throw new IllegalStateException("no shop");
        }

        @Override
        public Iterator<Map<String, Object>> scan() {
            throw new AssertionError();
        }
    }

    private ProgramScan scan(String name) throws SourceFailure {
        return new ProgramScan(name, List.of("id", "name"), OwnClasses.of(folder, List.of()));
    }

    @Test
    void itsRowsAreReadByTheNamesOfTheFields() throws Exception {
        List<List<Object>> rows = new ArrayList<>();
        try (ProgramScan scan = scan(Prices.class.getName())) {
            scan.check();
            scan.read((place, values) -> rows.add(Arrays.asList(values)));
        }
        assertThat(rows).containsExactly(Arrays.asList(1, "Tea"), Arrays.asList(2L, null));
    }

    @Test
    void whateverItThrowsBreaksTheScanOff() throws Exception {
        try (ProgramScan scan = scan(Breaking.class.getName())) {
            assertThatThrownBy(() -> scan.read((place, values) -> {}))
                    .isInstanceOf(SourceFailure.class)
                    .hasMessageContaining("broke off behind row 2: java.util.NoSuchElementException: the shop is shut");
        }
    }

    @Test
    void aClassThatCannotBeAskedIsRefused() {
        refused("shop.Nowhere", "is not on the source's 'classpath'");
        refused("java.lang.String", "does not implement dev.hippo.sdk.PullSource");
        refused(Unmade.class.getName(), "cannot be made: java.lang.IllegalStateException: no shop");
        assertThatThrownBy(() -> OwnClasses.of(folder, List.of("lib/shop.jar")))
                .hasMessageContaining("'lib/shop.jar' of 'classpath' is not there");
    }

    private void refused(String name, String message) {
        assertThatThrownBy(() -> {
                    try (ProgramScan scan = scan(name)) {
                        scan.check();
                    }
                })
                .isInstanceOf(SourceFailure.class)
                .hasMessageContaining(message);
    }
}
