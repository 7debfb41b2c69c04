// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import dev.hippo.change.v1.ChangeEvent;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** Which changes a consumer wants to be told of. Asked once for each, by the thread that tells; stateless. */
@FunctionalInterface
public interface ChangeFilter {
    /** Whether it wants that one. */
    boolean wants(ChangeEvent change);

    /** Changes that both want. */
    default ChangeFilter and(ChangeFilter other) {
        return change -> wants(change) && other.wants(change);
    }

    /**
     * Changes of some tables.
     *
     * @param names with the schema; {@code *} stands for any characters, {@code public.*}
     */
    static ChangeFilter tables(String... names) {
        List<Pattern> patterns = Stream.of(names)
                .map(name -> Pattern.compile(String.join(
                        ".*",
                        Stream.of(name.split("\\*", -1)).map(Pattern::quote).toList())))
                .toList();
        return change -> patterns.stream()
                .anyMatch(pattern -> pattern.matcher(change.getTable()).matches());
    }

    /**
     * One share of all rows, by the CRC-32C of their keys: so many subscribers divide a source among them without a word to each other. A change of no row, or of a table without
     * a key, is in every share.
     *
     * @param number from 0
     * @param of how many shares there are, at least 1
     */
    static ChangeFilter share(int number, int of) {
        if (of < 1 || number < 0 || number >= of) {
            throw new IllegalArgumentException("share " + number + " of " + of + " is none; they are 0 to " + (of - 1));
        }
        return change -> {
            if (!change.hasKey()) {
                return true;
            }
            CRC32C sum = new CRC32C();
            sum.update(change.getKey().asReadOnlyByteBuffer());
            return sum.getValue() % of == number;
        };
    }
}
