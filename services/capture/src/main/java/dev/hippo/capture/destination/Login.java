// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

/**
 * Who goes where.
 *
 * @param url as JDBC has it
 * @param application by which an administrator of the database knows the connection
 */
record Login(String url, String user, String password, String application) {
    /** The address without what may hold secrets. */
    String server() {
        int query = url.indexOf('?');
        return query < 0 ? url : url.substring(0, query);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return server() + " as " + user;
    }
}
