// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

/**
 * A query.
 *
 * @param url as JDBC has it
 * @param user empty for the driver's default
 * @param password empty for none
 */
record JdbcSettings(String url, String user, String password, String query) {
    private static final String MYSQL = "jdbc:mysql:";
    private static final String MARIADB = "jdbc:mariadb:";

    boolean isPostgres() {
        return url.startsWith("jdbc:postgresql:");
    }

    boolean isMariaDb() {
        return driverUrl().startsWith(MARIADB);
    }

    /** The address as a driver takes it that is there: MariaDB's speaks to MySQL. */
    String driverUrl() {
        return url.startsWith(MYSQL) ? MARIADB + url.substring(MYSQL.length()) : url;
    }

    /** The address without what may hold secrets. */
    String server() {
        int parameters = url.indexOf('?');
        return parameters < 0 ? url : url.substring(0, parameters);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "JdbcSettings[" + server() + " as " + user + ", " + query + "]";
    }
}
