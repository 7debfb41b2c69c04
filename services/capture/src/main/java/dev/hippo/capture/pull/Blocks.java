// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Runs of bytes in a file: their number, then the bytes. */
final class Blocks {
    private static final int NONE = -1;

    private Blocks() {}

    static void write(DataOutputStream to, byte @Nullable [] block) throws IOException {
        if (block == null) {
            to.writeInt(NONE);
        } else {
            to.writeInt(block.length);
            to.write(block);
        }
    }

    static byte @Nullable [] read(DataInputStream from) throws IOException {
        int length = from.readInt();
        return length == NONE ? null : read(from, length);
    }

    /** One that is there. */
    static byte[] readWhole(DataInputStream from) throws IOException {
        return read(from, from.readInt());
    }

    private static byte[] read(DataInputStream from, int length) throws IOException {
        if (length < 0) {
            throw new IOException("a block of " + length + " bytes");
        }
        byte[] block = new byte[length];
        from.readFully(block);
        return block;
    }
}
