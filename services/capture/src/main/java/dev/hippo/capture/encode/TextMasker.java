// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.encode;

import dev.hippo.pipeline.TextMask;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes of a text what is told of it. Not thread-safe. */
final class TextMasker {
    private static final String ALGORITHM = "HmacSHA256";
    /** Of the 32 bytes of the hash; texts that share so many are not found by chance. */
    private static final int HASH_BYTES = 16;

    private static final byte[] HIDDEN = {'*', '*', '*'};

    private final TextMask mask;
    private final Mac hash;

    /**
     * For one field.
     *
     * @param salt the secret of hashes, not empty if the mask is one
     */
    TextMasker(TextMask mask, String salt) {
        this.mask = mask;
        try {
            this.hash = Mac.getInstance(ALGORITHM);
            if (mask.kind() == TextMask.Kind.HASH) {
                hash.init(new SecretKeySpec(salt.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    /** What is told of a text, both in UTF-8. The bytes are not changed. */
    byte[] masked(byte[] from, int offset, int count) {
        return switch (mask.kind()) {
            case HIDE -> HIDDEN;
            case HASH -> {
                hash.update(from, offset, count);
                yield HexFormat.of().formatHex(hash.doFinal(), 0, HASH_BYTES).getBytes(StandardCharsets.US_ASCII);
            }
            case FIRST, LAST -> part(new String(from, offset, count, StandardCharsets.UTF_8));
        };
    }

    private byte[] part(String text) {
        int[] characters = text.codePoints().toArray();
        boolean first = mask.kind() == TextMask.Kind.FIRST;
        // of a text that is not longer nothing stays: all of it would
        int hidden = characters.length > mask.kept() ? characters.length - mask.kept() : characters.length;
        int from = first ? characters.length - hidden : 0;
        Arrays.fill(characters, from, from + hidden, '*');
        return new String(characters, 0, characters.length).getBytes(StandardCharsets.UTF_8);
    }
}
