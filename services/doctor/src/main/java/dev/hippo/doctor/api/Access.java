// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.api;

import dev.hippo.kit.HippoFailure;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Who may call: on loopback everybody on this host, elsewhere who has the token. Where a token is set it is asked for everywhere.
 *
 * @param token empty for none
 */
public record Access(boolean loopback, String token) {
    private static final int SHORTEST = 16;
    private static final String SCHEME = "Bearer ";

    /**
     * Of a Doctor that listens on that address.
     *
     * @throws HippoFailure if the address is unknown, or is not loopback and no token keeps others out
     */
    public static Access of(String host, String token) throws HippoFailure {
        boolean loopback;
        try {
            loopback = InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new HippoFailure("HIPPO_DOCTOR_HOST is '" + host + "', an address that nobody knows; mend it", e);
        }
        if (!loopback && token.length() < SHORTEST) {
            throw new HippoFailure("the Doctor does not listen on " + host + ", where others could give it orders: "
                    + (token.isEmpty() ? "HIPPO_DOCTOR_TOKEN is not set" : "HIPPO_DOCTOR_TOKEN is too short")
                    + "; set it to a secret of at least " + SHORTEST
                    + " characters, or take HIPPO_DOCTOR_HOST away");
        }
        return new Access(loopback, token);
    }

    /** Whether a caller with this header may call. Takes as long for a wrong token as for the right one. */
    boolean allows(@Nullable String authorization) {
        if (token.isEmpty()) {
            return true;
        }
        String given = authorization != null && authorization.startsWith(SCHEME)
                ? authorization.substring(SCHEME.length())
                : "";
        return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    }

    /** Does not show the token. */
    @Override
    public String toString() {
        return "Access[loopback=" + loopback + ", token " + (token.isEmpty() ? "not " : "") + "set]";
    }
}
