// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Sorts any number of rows by their keys, in bounded memory: what does not fit is written down in sorted runs, which are merged in the end. Rows that come in order make one long
 * run, whatever their number. Not thread-safe.
 */
public final class RowSort implements AutoCloseable {
    /** Of what is sorted at a time, with what the objects around it cost. */
    public static final int MEMORY = 48 << 20;

    private static final int OBJECTS_OF_A_ROW = 88;
    private static final int BUFFER = 64 << 10;

    private final Path folder;
    private final int memory;
    private final List<Path> runs = new ArrayList<>();
    private final List<DataInputStream> open = new ArrayList<>();
    private List<Row> rows = new ArrayList<>();
    private long bytes;
    private @Nullable DataOutputStream run;
    private byte[] lastOfRun = new byte[0];

    /**
     * Begins.
     *
     * @param folder takes the files of the runs, {@code *.run}
     * @param memory bytes that may be in memory at a time
     */
    public RowSort(Path folder, int memory) {
        this.folder = folder;
        this.memory = memory;
    }

    /** Takes a row; its place is greater than that of all before. */
    public void add(Row row) throws IOException {
        byte[] image = row.image();
        rows.add(row);
        bytes += OBJECTS_OF_A_ROW + row.key().length + (image == null ? 0 : image.length);
        if (bytes > memory) {
            spill();
        }
    }

    private void spill() throws IOException {
        Collections.sort(rows);
        DataOutputStream out = run;
        if (out == null || Arrays.compareUnsigned(rows.get(0).key(), lastOfRun) < 0) {
            end(out);
            Path file = folder.resolve("scan-" + runs.size() + ".run");
            runs.add(file);
            out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER));
            run = out;
        }
        for (Row row : rows) {
            out.writeBoolean(true);
            Blocks.write(out, row.key());
            out.writeLong(row.place());
            Blocks.write(out, row.image());
        }
        lastOfRun = rows.get(rows.size() - 1).key();
        rows = new ArrayList<>();
        bytes = 0;
    }

    private static void end(@Nullable DataOutputStream run) throws IOException {
        if (run != null) {
            run.writeBoolean(false);
            run.close();
        }
    }

    /** Of sorted rows the next one; null at the end. */
    @FunctionalInterface
    public interface Rows {
        @Nullable
        Row next() throws IOException;
    }

    /** All rows in order; nothing may be added any more. */
    public Rows sorted() throws IOException {
        if (runs.isEmpty()) {
            Collections.sort(rows);
            return inMemory(rows);
        }
        if (!rows.isEmpty()) {
            spill();
        }
        end(run);
        run = null;
        PriorityQueue<Head> heads = new PriorityQueue<>();
        for (Path file : runs) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
            open.add(in);
            push(heads, in);
        }
        return () -> {
            Head least = heads.poll();
            if (least == null) {
                return null;
            }
            push(heads, least.rest());
            return least.row();
        };
    }

    private static Rows inMemory(List<Row> rows) {
        int[] next = new int[1];
        return () -> next[0] < rows.size() ? rows.get(next[0]++) : null;
    }

    private static void push(PriorityQueue<Head> heads, DataInputStream from) throws IOException {
        if (from.readBoolean()) {
            heads.add(new Head(new Row(Blocks.readWhole(from), from.readLong(), Blocks.read(from)), from));
        }
    }

    /** The first row of a run that is not told yet. */
    private record Head(Row row, DataInputStream rest) implements Comparable<Head> {
        @Override
        public int compareTo(Head other) {
            return row.compareTo(other.row);
        }
    }

    /** Takes its files away. */
    @Override
    public void close() throws IOException {
        DataOutputStream out = run;
        if (out != null) {
            out.close();
        }
        for (DataInputStream in : open) {
            in.close();
        }
        for (Path file : runs) {
            Files.deleteIfExists(file);
        }
    }
}
