// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import dev.hippo.capture.source.Position;
import java.nio.ByteBuffer;

/**
 * A place in the binary log.
 *
 * @param file the number at the end of the file's name
 * @param offset of the first byte behind the place
 */
record LogPlace(long file, long offset) implements Comparable<LogPlace> {
    /** Where the first event of a file begins. */
    static final long FILE_BEGIN = 4;

    static LogPlace of(Position position) {
        byte[] log = position.log();
        if (log.length != 2 * Long.BYTES) {
            throw new IllegalArgumentException("position " + position + " is none of a binary log");
        }
        ByteBuffer bytes = ByteBuffer.wrap(log);
        return new LogPlace(bytes.getLong(), bytes.getLong());
    }

    /** From the name of a file, such as {@code binlog.000012}. */
    static LogPlace of(String fileName, long offset) {
        return new LogPlace(Long.parseLong(fileName.substring(fileName.lastIndexOf('.') + 1)), offset);
    }

    Position position(long epoch) {
        return new Position(
                epoch,
                ByteBuffer.allocate(2 * Long.BYTES)
                        .putLong(file)
                        .putLong(offset)
                        .array());
    }

    /**
     * The file's name as the server writes it.
     *
     * @param base what all names begin with, such as {@code binlog}
     */
    String fileName(String base) {
        String number = Long.toString(file);
        return base + "." + "0".repeat(Math.max(0, 6 - number.length())) + number;
    }

    @Override
    public int compareTo(LogPlace other) {
        return file != other.file ? Long.compare(file, other.file) : Long.compare(offset, other.offset);
    }
}
