// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of each row from one cycle to the next: a sum, by which a change is seen, and its whole message if its changes are told to somebody, who wants the row before; else
 * only the fields of the key, by which its end is told. Not thread-safe.
 */
public final class KeptImages {
    private static final int SUM_BYTES = 16;
    private static final int TYPE_BITS = 3;

    private final Set<Integer> key = new TreeSet<>();
    private final boolean whole;
    private final MessageDigest digest;

    /**
     * Of one contract.
     *
     * @param whole whether messages are kept whole
     */
    public KeptImages(Descriptor contract, List<String> key, boolean whole) {
        key.forEach(field -> this.key.add(contract.findFieldByName(field).getNumber()));
        this.whole = whole;
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Two messages of the same sum are the same. */
    byte[] sum(byte[] image) {
        return Arrays.copyOf(digest.digest(image), SUM_BYTES);
    }

    byte[] kept(byte[] image) {
        return whole ? image : keyOf(image);
    }

    /** The fields of the key, from what is kept. */
    public byte[] key(byte[] kept) {
        return whole ? keyOf(kept) : kept;
    }

    /** The row before, from what is kept; null if that is not known. */
    byte @Nullable [] before(byte[] kept) {
        return whole ? kept : null;
    }

    private byte[] keyOf(byte[] image) {
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        CodedInputStream in = CodedInputStream.newInstance(image);
        try {
            while (!in.isAtEnd()) {
                int begin = in.getTotalBytesRead();
                int tag = in.readTag();
                in.skipField(tag);
                if (key.contains(tag >>> TYPE_BITS)) {
                    fields.write(image, begin, in.getTotalBytesRead() - begin);
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("not a protobuf message: " + e.getMessage(), e);
        }
        return fields.toByteArray();
    }
}
