// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

/** What a hippo is for. */
public enum Kind {
    FRONTIER("frontier"),
    DB_ETL("db-etl"),
    STREAM_ETL("stream-etl"),
    BATCH_ETL("batch-etl"),
    INTEGRATOR("integrator"),
    ML("ml"),
    QUERY("query"),
    WEB("web");

    private final String word;

    Kind(String word) {
        this.word = word;
    }

    /** The word that the pipeline file uses. */
    public String word() {
        return word;
    }
}
