// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowSortTest {
    private static final int LITTLE = 4_096;

    @TempDir
    Path folder;

    private static List<Row> rows(int count) {
        return new ArrayList<>(IntStream.range(0, count)
                .mapToObj(i -> String.format("%06d", i * 7 % count))
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .map(key -> new Row(key, 0, key))
                .toList());
    }

    private long files() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    private List<Row> sorted(List<Row> rows, long files) throws Exception {
        List<Row> sorted = new ArrayList<>();
        try (RowSort sort = new RowSort(folder, LITTLE)) {
            for (int i = 0; i < rows.size(); i++) {
                sort.add(new Row(rows.get(i).key(), i, rows.get(i).image()));
            }
            RowSort.Rows next = sort.sorted();
            for (Row row = next.next(); row != null; row = next.next()) {
                sorted.add(row);
            }
            assertThat(files()).isEqualTo(files);
        }
        assertThat(files()).isZero();
        return sorted;
    }

    @Test
    void rowsInAnyOrderAreSortedOnTheDisk() throws Exception {
        List<Row> rows = rows(10_000);
        Collections.shuffle(rows, new Random(1));
        List<Row> sorted = sorted(rows, 244);
        assertThat(sorted).hasSize(10_000).isSorted();
        assertThat(sorted.get(77).image()).asString().isEqualTo("000077");
    }

    @Test
    void rowsThatComeInOrderAreOneRun() throws Exception {
        List<Row> rows = rows(10_000);
        Collections.sort(rows);
        assertThat(sorted(rows, 1)).hasSize(10_000).isSorted();
    }

    @Test
    void fewRowsStayInMemoryAndThoseOfOneKeyInTheirOrder() throws Exception {
        byte[] key = {1};
        List<Row> rows =
                List.of(new Row(key, 0, new byte[] {1}), new Row(key, 0, null), new Row(key, 0, new byte[] {3}));
        assertThat(sorted(rows, 0)).extracting(Row::place).containsExactly(0L, 1L, 2L);
    }
}
