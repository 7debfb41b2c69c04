// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Which database, and which of its tables. Immutable.
 *
 * @param url such as {@code jdbc:postgresql://127.0.0.1:5432/bank}
 * @param user who may read the tables and replicate
 * @param slot name of the replication slot; made if it is not there. One for each reader
 * @param publication name of the publication; made if it is not there
 * @param tables names with their schema, {@code public.airports}; {@code *} stands for any characters, and what is in double quotes for itself
 * @param epoch of the positions: rises when the server begins a new history
 */
public record PostgresSettings(
        String url, String user, String password, String slot, String publication, List<String> tables, long epoch) {
    private static final Pattern SLOT = Pattern.compile("[a-z0-9_]{1,63}");
    private static final int LONGEST_NAME = 63;
    private static final int MOST_LETTERS = 40;

    public PostgresSettings {
        if (!SLOT.matcher(slot).matches()) {
            throw new IllegalArgumentException("slot '" + slot + "' is no name for one: a-z, 0-9 and _, 1 to 63");
        }
        if (publication.isEmpty() || publication.length() > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "publication '" + publication + "' is no name for one: 1 to 63 characters");
        }
        if (tables.isEmpty()) {
            throw new IllegalArgumentException("no table is asked for");
        }
        tables = List.copyOf(tables);
    }

    /** With a slot and a publication of the hippo's own. */
    public static PostgresSettings forHippo(
            String pipeline, String hippo, String url, String user, String password, List<String> tables, long epoch) {
        String name = nameFor(pipeline, hippo);
        return new PostgresSettings(url, user, password, name, name, tables, epoch);
    }

    /** Of a slot or a publication that no other hippo has. */
    public static String nameFor(String pipeline, String hippo) {
        String whole = pipeline + "/" + hippo;
        String letters = (pipeline + "_" + hippo).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "_");
        // what the letters alone do not tell apart, the number does
        return "hippo_" + letters.substring(0, Math.min(letters.length(), MOST_LETTERS)) + "_"
                + HexFormat.of().toHexDigits(whole.hashCode());
    }

    /** The URL without what may hold secrets. */
    String server() {
        int query = url.indexOf('?');
        return query < 0 ? url : url.substring(0, query);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "PostgresSettings[" + server() + " as " + user + ", slot " + slot + ", publication " + publication
                + ", tables " + tables + ", epoch " + epoch + "]";
    }
}
