// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples.flights;

/** The airports of the example's file. */
final class Airports {
    private Airports() {}

    /** What DuckDB answers with the file's airports, in the order of their contract. */
    static String select(String file) {
        return "SELECT iata, name, coalesce(city, '') AS city, coalesce(state, '') AS state, country, latitude, longitude,"
                + " '1990-01-01T00:00:00Z' AS since FROM read_csv('" + file.replace("'", "''")
                + "', nullstr='NA', types={'iata': 'VARCHAR'})";
    }
}
