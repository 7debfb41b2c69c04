// SPDX-License-Identifier: Apache-2.0
import java.nio.file.Files;
import java.nio.file.Path;

/** Closes the books on a text: what was counted must be what was there. */
public final class Books {
    private Books() {}

    public static void main(String[] args) throws Exception {
        Path text = Path.of(System.getenv("HIPPO_PARTITION")).getFileName();
        Path folder = Path.of(System.getenv("OUT")).resolve(text);
        long words = Files.readAllLines(folder.resolve("words")).size();
        long counted = Files.readAllLines(folder.resolve("counts.csv")).stream()
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(',') + 1)))
                .sum();
        if (words != counted || !Files.exists(folder.resolve("chart.svg"))) {
            System.err.println(words + " words, " + counted + " counted");
            System.exit(1);
        }
        Files.writeString(
                Path.of(System.getenv("HIPPO_RESULT_FILE")), "{\"rows_in\": " + counted + ", \"balanced\": true}");
    }
}
