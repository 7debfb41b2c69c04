// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a source had at the end of one cycle: for each row its key, a sum of its message, and what is told of it when it is gone, in the order of the keys. A file has its name
 * only when it is whole and on the disk.
 */
final class StateFile {
    private static final int BUFFER = 256 << 10;
    private static final String FORMAT = "hippo pull state 1";

    private StateFile() {}

    /**
     * A row.
     *
     * @param sum of its message
     * @param kept its message, or the key's fields of it alone
     */
    record Entry(byte[] key, byte[] sum, byte[] kept) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Entry entry && Arrays.equals(key, entry.key) && Arrays.equals(sum, entry.sum);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(key);
        }
    }

    /** Writes one, beside its place until {@link #end}. */
    static final class Writer implements AutoCloseable {
        private final Path file;
        private final Path half;
        private final FileOutputStream bytes;
        private final DataOutputStream out;

        /** @param shape what the entries were made for */
        Writer(Path file, String shape) throws IOException {
            this.file = file;
            this.half = file.resolveSibling(file.getFileName() + ".half");
            this.bytes = new FileOutputStream(half.toFile());
            this.out = new DataOutputStream(new BufferedOutputStream(bytes, BUFFER));
            out.writeUTF(FORMAT);
            out.writeUTF(shape);
        }

        void add(Entry entry) throws IOException {
            out.writeBoolean(true);
            Blocks.write(out, entry.key());
            Blocks.write(out, entry.sum());
            Blocks.write(out, entry.kept());
        }

        /** Gives it its name. */
        void end() throws IOException {
            out.writeBoolean(false);
            out.flush();
            bytes.getFD().sync();
            out.close();
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void close() throws IOException {
            out.close();
            Files.deleteIfExists(half);
        }
    }

    /** Reads one. */
    static final class Reader implements AutoCloseable {
        private final @Nullable DataInputStream in;

        private Reader(@Nullable DataInputStream in) {
            this.in = in;
        }

        /** That of a source of which nothing is known. */
        static Reader ofNothing() {
            return new Reader(null);
        }

        static Reader open(Path file) throws IOException {
            DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
            in.readUTF();
            in.readUTF();
            return new Reader(in);
        }

        /** The next row; null at the end. */
        @Nullable
        Entry next() throws IOException {
            DataInputStream from = in;
            return from == null || !from.readBoolean()
                    ? null
                    : new Entry(Blocks.readWhole(from), Blocks.readWhole(from), Blocks.readWhole(from));
        }

        @Override
        public void close() throws IOException {
            DataInputStream from = in;
            if (from != null) {
                from.close();
            }
        }
    }

    /** Whether there is one that was made for this. */
    static boolean isThere(Path file, String shape) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            return in.readUTF().equals(FORMAT) && in.readUTF().equals(shape);
        } catch (EOFException e) {
            return false;
        }
    }
}
