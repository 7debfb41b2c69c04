// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.pull.StateFile.Entry;
import dev.hippo.capture.source.RowChange.Op;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is different between the state before and a scan that has ended whole: both are read once, in the order of the keys.
 *
 * @param rows that the scan has
 * @param created of these were not there before
 * @param updated of these were different before
 * @param deleted were there before and are not any more
 */
record Difference(long rows, long created, long updated, long deleted) {
    /**
     * Finds it.
     *
     * @param before what was there
     * @param scanned what is there now
     * @param next takes what is there now
     * @param changes takes what is different
     * @param images tells what is kept of a message
     * @param place of a row in words
     * @throws SourceFailure if two rows have the same key
     */
    static Difference find(
            StateFile.Reader before,
            RowSort.Rows scanned,
            StateFile.Writer next,
            ChangeFile changes,
            KeptImages images,
            LongFunction<String> place)
            throws IOException, SourceFailure, InterruptedException {
        long rows = 0;
        long created = 0;
        long updated = 0;
        long deleted = 0;
        Entry old = before.next();
        Row last = null;
        for (Row row = scanned.next(); row != null; row = scanned.next()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            refuseTwice(last, row, place);
            last = row;
            byte[] image = row.image();
            if (image == null) {
                throw new IllegalStateException("a scan tells rows that are there");
            }
            while (old != null && Arrays.compareUnsigned(old.key(), row.key()) < 0) {
                changes.add(Op.DELETE, images.key(old.kept()), images.before(old.kept()), null);
                deleted++;
                old = before.next();
            }
            Entry now = new Entry(row.key(), images.sum(image), images.kept(image));
            if (old == null || !Arrays.equals(old.key(), row.key())) {
                changes.add(Op.CREATE, images.key(now.kept()), null, image);
                created++;
            } else {
                if (!Arrays.equals(old.sum(), now.sum())) {
                    changes.add(Op.UPDATE, images.key(now.kept()), images.before(old.kept()), image);
                    updated++;
                }
                old = before.next();
            }
            next.add(now);
            rows++;
        }
        for (; old != null; old = before.next()) {
            changes.add(Op.DELETE, images.key(old.kept()), images.before(old.kept()), null);
            deleted++;
        }
        return new Difference(rows, created, updated, deleted);
    }

    private static void refuseTwice(@Nullable Row last, Row row, LongFunction<String> place) throws SourceFailure {
        if (last != null && Arrays.equals(last.key(), row.key())) {
            throw new SourceFailure(
                    Kind.PASSING,
                    place.apply(row.place()) + " has the same key as " + place.apply(last.place()) + ", '"
                            + new String(row.key(), StandardCharsets.UTF_8)
                            + "': nothing of this scan is told; let the source have one row for each key, or give the"
                            + " topic a key that tells them apart");
        }
    }

    boolean isNothing() {
        return created + updated + deleted == 0;
    }
}
