// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.RowChange.Op;
import dev.hippo.capture.source.SourceTable;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The changes of one cycle until they are told: a file that is of no worth to any other process. */
final class ChangeFile implements AutoCloseable {
    private static final int BUFFER = 256 << 10;

    private final Path file;
    private final DataOutputStream out;
    private @Nullable DataInputStream in;

    ChangeFile(Path file) throws IOException {
        this.file = file;
        this.out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER));
    }

    void add(Op op, byte[] key, byte @Nullable [] before, byte @Nullable [] after) throws IOException {
        out.writeUTF(op.name());
        Blocks.write(out, key);
        Blocks.write(out, before);
        Blocks.write(out, after);
    }

    /** Nothing comes any more; {@link #next} may be asked. */
    void end() throws IOException {
        out.writeUTF("");
        out.close();
        in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
    }

    /** The next change; null at the end. */
    @Nullable
    RowChange next(SourceTable table) throws IOException {
        DataInputStream from = in;
        if (from == null) {
            throw new IllegalStateException("not ended yet");
        }
        String op = from.readUTF();
        return op.isEmpty()
                ? null
                : new RowChange(
                        Op.valueOf(op), table, Blocks.readWhole(from), Blocks.read(from), Blocks.read(from), List.of());
    }

    @Override
    public void close() throws IOException {
        out.close();
        DataInputStream from = in;
        if (from != null) {
            from.close();
        }
        Files.deleteIfExists(file);
    }
}
