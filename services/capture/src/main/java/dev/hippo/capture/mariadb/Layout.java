// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import dev.hippo.capture.encode.ContractMapping;
import dev.hippo.capture.encode.ImageWriter;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the rows of one version of a table lie in the log, and how they are told. Not thread-safe: the reader of the log owns it. */
final class Layout {
    private final SourceTable table;
    private final List<ColumnFormat> formats;
    private final boolean[] key;
    private final boolean keyed;
    private final ImageWriter image;
    private final ImageWriter keyImage;

    private byte @Nullable [] lastKey;
    private byte[] lastImage = new byte[0];

    Layout(SourceTable table, List<ColumnFormat> formats, ContractMapping mapping) {
        this.table = table;
        this.formats = List.copyOf(formats);
        this.image = new ImageWriter(mapping);
        this.keyImage = new ImageWriter(mapping);
        this.key = new boolean[formats.size()];
        this.keyed = !table.key().isEmpty();
        for (int i = 0; i < key.length; i++) {
            key[i] = table.key().contains(table.columns().get(i).name());
        }
    }

    SourceTable table() {
        return table;
    }

    int columns() {
        return key.length;
    }

    /** Whether rows may come without a value of this column, because the server computes it. */
    boolean mayLack(int column) {
        return formats.get(column).column().computed();
    }

    /** The key of the row read last; null without one. */
    byte @Nullable [] key() {
        return lastKey;
    }

    /** The row read last. */
    byte[] image() {
        return lastImage;
    }

    /**
     * Reads a row.
     *
     * @param present by column, whether the log has it
     * @param from where its bits of absent values begin
     * @return where the next begins
     */
    int read(byte[] row, int from, boolean[] present, int presentCount) throws SourceFailure {
        image.begin();
        keyImage.begin();
        int at = from + (presentCount + 7) / 8;
        int bit = 0;
        for (int i = 0; i < key.length; i++) {
            if (!present[i]) {
                continue;
            }
            boolean empty = (row[from + (bit >> 3)] & (1 << (bit & 7))) != 0;
            bit++;
            if (empty) {
                continue;
            }
            ColumnFormat format = formats.get(i);
            int length = format.length(row, at);
            put(format, row, at, length, i);
            at += length;
        }
        lastImage = image.end();
        lastKey = keyed ? keyImage.end() : null;
        return at;
    }

    private void put(ColumnFormat format, byte[] row, int at, int length, int column) throws SourceFailure {
        try {
            if (image.wants(column)) {
                format.put(row, at, length, image, column);
            }
            if (key[column]) {
                format.put(row, at, length, keyImage, column);
            }
        } catch (CharacterCodingException | DateTimeException e) {
            String name = format.column().name();
            throw new SourceFailure(
                    Kind.SETTING,
                    "a value of column '" + name + "' of " + table.fullName() + " cannot be told: "
                            + format.column().declared() + ", "
                            + (e instanceof DateTimeException
                                    ? e.getMessage() + "; make the field a string"
                                    : "its bytes are no text in "
                                            + format.column().charset() + "; mend the row"),
                    e);
        }
    }
}
