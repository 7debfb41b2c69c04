// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SourceFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a source had, in a folder: a file for each position of which Kafka may be. The next one is whole before its cycle is told, the last one goes when Kafka has the cycle; so
 * whatever is killed, the one that belongs to what Kafka has is there, and where the folder is not it is made anew from Kafka.
 */
final class States {
    private static final Logger log = LoggerFactory.getLogger(States.class);

    private final Path folder;
    private final String shape;
    private final KeptImages images;

    /** @param shape what the states are made for: one of another shape is none */
    States(Path folder, String shape, KeptImages images) {
        this.folder = folder;
        this.shape = shape;
        this.images = images;
    }

    private Path file(Position at) {
        return folder.resolve("state-" + at.epoch() + "-" + HexFormat.of().formatHex(at.log()));
    }

    StateFile.Writer write(Position at) throws IOException {
        return new StateFile.Writer(file(at), shape);
    }

    StateFile.Reader read(Position at) throws IOException {
        return StateFile.Reader.open(file(at));
    }

    /** Takes away what belongs to no position but this one; to none at all for null. */
    void keepOnly(@Nullable Position at) throws IOException {
        Files.createDirectories(folder);
        String kept = at == null ? "" : file(at).getFileName().toString();
        List<Path> others;
        try (Stream<Path> files = Files.list(folder)) {
            others = files.filter(file -> !file.getFileName().toString().equals(kept))
                    .toList();
        }
        for (Path other : others) {
            Files.delete(other);
        }
    }

    /** Makes the state anew if it is not there. */
    void ensure(Position at, TopicRows told) throws IOException, SourceFailure {
        if (StateFile.isThere(file(at), shape)) {
            return;
        }
        log.info("The state is made anew from the topic of latest rows position={}", at);
        try (RowSort sort = new RowSort(folder, RowSort.MEMORY);
                StateFile.Writer writer = write(at)) {
            long[] number = new long[1];
            told.tell((key, row) -> sort.add(new Row(key, number[0]++, row)));
            RowSort.Rows rows = sort.sorted();
            Row row = rows.next();
            while (row != null) {
                Row next = rows.next();
                byte[] image = row.image();
                // of one key the last record says what is there
                if (image != null && (next == null || !Arrays.equals(next.key(), row.key()))) {
                    writer.add(new StateFile.Entry(row.key(), images.sum(image), images.kept(image)));
                }
                row = next;
            }
            writer.end();
        }
    }
}
