// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Which missions are asked for; null stands for all.
 *
 * @param partition the partition's values, with slashes between
 * @param since missions accepted at that time or later
 * @param after where the page before ended
 */
public record MissionFilter(
        @Nullable String hippo,
        @Nullable String status,
        @Nullable String partition,
        @Nullable Instant since,
        @Nullable Cursor after,
        int limit) {
    /** All missions, from the newest on. */
    public static MissionFilter all(int limit) {
        return new MissionFilter(null, null, null, null, null, limit);
    }

    /** A place in the list of missions, which goes from the newest to the oldest. */
    public record Cursor(long createdAt, String missionId) {
        /** One word that an address may hold as it is. */
        public String text() {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString((createdAt + "." + missionId).getBytes(StandardCharsets.UTF_8));
        }

        /**
         * Reads what {@link #text} wrote.
         *
         * @throws IllegalArgumentException if it is something else
         */
        public static Cursor parse(String text) {
            String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            int dot = plain.indexOf('.');
            if (dot < 0) {
                throw new IllegalArgumentException("no dot in it");
            }
            return new Cursor(Long.parseLong(plain.substring(0, dot)), plain.substring(dot + 1));
        }
    }
}
