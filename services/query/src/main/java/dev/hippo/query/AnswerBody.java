// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an answer, kept until it is known to be whole, so that a failure in the last row is told as one: in memory while they are few, else in a file.
 * Not thread-safe.
 */
final class AnswerBody extends OutputStream {
    private static final int IN_MEMORY = 1 << 20;

    /** Says that the answer has more bytes than it may have. */
    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;

        TooLarge(long most) {
            super("the answer is larger than " + (most >> 20)
                    + " MiB; select fewer columns or rows, or raise 'limits: {memory}' of the query hippo");
        }
    }

    private final Path folder;
    private final long most;
    private ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private @Nullable Path file;
    private @Nullable OutputStream spilled;
    private long size;

    AnswerBody(Path folder, long most) {
        this.folder = folder;
        this.most = most;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        size += length;
        if (size > most) {
            throw new TooLarge(most);
        }
        if (size <= IN_MEMORY) {
            memory.write(bytes, offset, length);
            return;
        }
        OutputStream out = spilled;
        if (out == null) {
            file = Files.createTempFile(folder, "answer", null);
            out = Files.newOutputStream(file);
            spilled = out;
            memory.writeTo(out);
            memory = new ByteArrayOutputStream();
        }
        out.write(bytes, offset, length);
    }

    long size() {
        return size;
    }

    /** Forgets what was written. */
    void clear() throws IOException {
        close();
        memory = new ByteArrayOutputStream();
        size = 0;
    }

    void sendTo(OutputStream out) throws IOException {
        Path written = file;
        if (written == null) {
            memory.writeTo(out);
        } else {
            Files.copy(written, out);
        }
    }

    @Override
    public void close() throws IOException {
        if (spilled != null) {
            spilled.close();
            spilled = null;
        }
        if (file != null) {
            Files.deleteIfExists(file);
            file = null;
        }
    }
}
