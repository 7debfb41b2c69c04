// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.capture.source.SourceFailure;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How files are read as rows. */
class FileScanTest {
    private static final List<String> FIELDS = List.of("id", "name", "price");

    @TempDir
    Path folder;

    private List<List<Object>> read(String pattern) throws Exception {
        List<List<Object>> rows = new ArrayList<>();
        try (FileScan scan = new FileScan(folder, List.of(pattern), FIELDS)) {
            scan.check();
            scan.read((place, values) -> {
                List<Object> row = new ArrayList<>(List.of(scan.describe(place)));
                row.addAll(Arrays.asList(values));
                rows.add(row);
            });
        }
        return rows;
    }

    private void write(String name, String text) throws Exception {
        Files.createDirectories(folder.resolve(name).getParent());
        Files.writeString(folder.resolve(name), text);
    }

    private void refused(String name, String text, String message) throws Exception {
        write(name, text);
        assertThatThrownBy(() -> read(name)).isInstanceOf(SourceFailure.class).hasMessageContaining(message);
        Files.delete(folder.resolve(name));
    }

    @Test
    void linesOfACsvFileAreRowsWithTheirPlaces() throws Exception {
        write(
                "a.csv",
                "\uFEFFprice,id,more,Name\r\n1.50,1,x,Tea\r\n\r\n,2,x,\"a \"\"big\"\"\nbox, \u00e4\"\r\n3,3,x,\"\"");
        assertThat(read("a.csv"))
                .containsExactly(
                        Arrays.asList("a.csv:2", "1", "Tea", "1.50"),
                        Arrays.asList("a.csv:4", "2", "a \"big\"\nbox, \u00e4", null),
                        Arrays.asList("a.csv:6", "3", "", "3"));
        write("b.csv", "id,name,price\n");
        assertThat(read("b.csv")).isEmpty();
    }

    @Test
    void objectsOfAJsonFileAreRows() throws Exception {
        write(
                "a.jsonl",
                "{\"id\":1,\"name\":\"Tea\",\"price\":1.500}\n{\"id\":2,\n\"price\":[true,null,{\"a\":1}]}\n\n");
        assertThat(read("a.jsonl"))
                .containsExactly(
                        Arrays.asList("a.jsonl:1", 1, "Tea", new BigDecimal("1.500")),
                        Arrays.asList("a.jsonl:2", 2, null, Arrays.asList(true, null, "{\"a\":1}")));
        write("a.json", "[{\"id\":1},\n {\"id\":2}]\n");
        assertThat(read("a.json")).extracting(row -> row.get(1)).containsExactly(1, 2);
        write("empty.jsonl", "");
        assertThat(read("empty.jsonl")).isEmpty();
    }

    @Test
    void aPatternNamesFilesAndMustNameOne() throws Exception {
        write("data/b/2.csv", "id,name,price\n2,b,2\n");
        write("data/a/1.csv", "id,name,price\n1,a,1\n");
        write("data/3.csv", "id,name,price\n3,c,3\n");
        assertThat(read("data/*/*.csv"))
                .extracting(row -> row.get(0))
                .containsExactly("data/a/1.csv:2", "data/b/2.csv:2");
        assertThat(read("data/*.csv")).extracting(row -> row.get(0)).containsExactly("data/3.csv:2");
        assertThat(read("data/**.csv")).hasSize(3);
        assertThatThrownBy(() -> read("data/*.jsonl"))
                .isInstanceOf(SourceFailure.class)
                .hasMessageContaining("no file 'data/*.jsonl' is in");
    }

    @Test
    void aFileThatIsNotWholeIsRefusedWithTheLine() throws Exception {
        refused("a.csv", "id,name,price\n1,a,1\n2,b", "a.csv:3: the row has 2 values, and there are 3 columns");
        refused("a.csv", "id,name,price\n1,a,1\n2,\"b,2\n", "a.csv:3: a quote is not closed");
        refused("a.csv", "id,name,price\n1,\"a\"b,1\n", "a.csv:2: something comes behind a closing quote");
        refused("a.csv", "", "a.csv is empty");
        refused("a.csv", "id,label\n", "a.csv has no column 'name', 'price' (it has id, label)");
        refused("a.jsonl", "{\"id\":1}\n{\"id\":", "a.jsonl:2: ");
        refused("a.jsonl", "{\"id\":1}\n7\n", "a.jsonl:2: there is no object");
        refused("a.json", "[{\"id\":1}", "a.json:1: ");
    }

    @Test
    void aFileInAnotherCharacterSetIsRefused() throws Exception {
        Files.write(folder.resolve("a.csv"), "id,name,price\n1,\u00e4,1\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> read("a.csv")).hasMessageContaining("a.csv cannot be read: it is not in UTF-8");
    }

    @Test
    void aFileThatIsWrittenToWhileItIsReadBreaksTheScanOff() throws Exception {
        write("a.csv", "id,name,price\n1,a,1\n");
        try (FileScan scan = new FileScan(folder, List.of("a.csv"), FIELDS)) {
            assertThatThrownBy(() -> scan.read((place, values) -> {
                        try {
                            write("a.csv", "id,name,price\n1,a,1\n2,b,2\n");
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    }))
                    .isInstanceOf(SourceFailure.class)
                    .hasMessageContaining("a.csv was written to while it was read");
        }
    }
}
