// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import java.util.List;

/**
 * What a {@link MariaDbSource} has to know.
 *
 * @param url as JDBC has it, {@code jdbc:mariadb://HOST:PORT/} or {@code jdbc:mysql://...}
 * @param tables full names, {@code bank.accounts}, or patterns with {@code *} for any characters, {@code bank.*}
 * @param serverId by which the server knows this reader; no other reader or server of the same replication may have it
 * @param epoch of the positions; higher after the server's log has begun a new history
 */
public record MariaDbSettings(
        String url, String user, String password, List<String> tables, long serverId, long epoch) {
    private static final long LARGEST_SERVER_ID = 0xFFFF_FFFFL;
    /** From here to twice that: far from the small numbers that people give. */
    private static final long OWN_IDS = 1L << 30;

    public MariaDbSettings {
        tables = List.copyOf(tables);
        if (serverId < 1 || serverId > LARGEST_SERVER_ID) {
            throw new IllegalArgumentException("server id " + serverId + " is not between 1 and " + LARGEST_SERVER_ID);
        }
    }

    /**
     * With a server id made of the hippo's name: the server ends the connection of a reader when another one of the same id comes, so that of two only the later reads.
     *
     * @param hippo with its pipeline, so that no two have the same name
     */
    public static MariaDbSettings forHippo(
            String hippo, String url, String user, String password, List<String> tables, long epoch) {
        long serverId = OWN_IDS + (hippo.hashCode() & (OWN_IDS - 1));
        return new MariaDbSettings(url, user, password, tables, serverId, epoch);
    }

    /** The address as MariaDB's driver takes it. */
    String driverUrl() {
        return url.startsWith("jdbc:mysql:") ? "jdbc:mariadb:" + url.substring("jdbc:mysql:".length()) : url;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "MariaDbSettings[user=" + user + ", tables=" + tables + ", serverId=" + serverId + ", epoch=" + epoch
                + "]";
    }
}
