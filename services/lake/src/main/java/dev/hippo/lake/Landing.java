// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.contracts.Contract;
import dev.hippo.pipeline.PartitionColumn.Transform;
import dev.hippo.pipeline.TableSpec;
import dev.hippo.pipeline.TopicSpec;
import io.delta.kernel.types.StructType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** How the records of a topic become what a table holds. */
interface Landing {
    /** No other engine may delete a file sooner after it was replaced, or written without being committed. */
    Duration SHORTEST_RETENTION = Duration.ofHours(1);

    /** What notices call it. */
    String method();

    TableLayout layout();

    /** How long files are kept that a commit has replaced; empty where none is ever replaced. */
    Optional<Duration> keep();

    /**
     * Begins a commit.
     *
     * @param tableSchema the columns that the table has, in its order
     */
    Gathering begin(StructType tableSchema);

    /** Properties of the table, by Delta's names. */
    default Map<String, String> properties() {
        return keep().map(time -> Map.of(
                        "delta.deletedFileRetentionDuration",
                        // another engine's VACUUM must not take files that are written and not committed yet
                        "interval " + Math.max(SHORTEST_RETENTION.toSeconds(), time.toSeconds()) + " seconds"))
                .orElseGet(Map::of);
    }

    /**
     * Each record is a row that is added.
     *
     * @throws IllegalArgumentException if a table cannot hold the contract
     */
    static Landing appending(TableSpec table, Contract contract) {
        return new Growing(TableLayout.of(table, contract)) {
            @Override
            public Gathering begin(StructType tableSchema) {
                return new PendingRows(layout(), tableSchema, contract);
            }
        };
    }

    /**
     * The table has the last record of each key.
     *
     * @throws IllegalArgumentException if a table cannot hold the contract, or be partitioned so
     */
    static Landing merging(
            TopicSpec topic, TableSpec table, Contract contract, Merge.LeafSize size, InstantSource clock) {
        TableLayout layout = TableLayout.of(table, contract);
        table.partitionBy().forEach(column -> {
            if (column.transform() != Transform.IDENTITY || !topic.key().contains(column.field())) {
                throw new IllegalArgumentException("it has the latest rows of topic '" + topic.name()
                        + "' and cannot be partitioned by '" + column.name() + "': a deleted row tells only its key "
                        + topic.key() + "; partition it by fields of the key, as they are");
            }
        });
        Duration keep = table.keep() == null ? TableSpec.KEEP : table.keep();
        return new Landing() {
            @Override
            public String method() {
                return "merge";
            }

            @Override
            public TableLayout layout() {
                return layout;
            }

            @Override
            public Optional<Duration> keep() {
                return Optional.of(keep);
            }

            @Override
            public Gathering begin(StructType tableSchema) {
                return new MergedRows(
                        layout, tableSchema, contract, new KeyColumns(contract, topic.key()), size, clock);
            }
        };
    }

    /**
     * Each change of a table of a source is a row that is added.
     *
     * @param source its full name there
     * @throws IllegalArgumentException if a table cannot hold the contract
     */
    static Landing history(TableSpec table, Contract contract, String source) {
        return new Growing(TableLayout.of(table, contract).with(HistoryColumns.FIELDS)) {
            @Override
            public Gathering begin(StructType tableSchema) {
                return new HistoryRows(layout(), tableSchema, contract, source);
            }
        };
    }

    /** A table in which no file is ever replaced. */
    abstract class Growing implements Landing {
        private final TableLayout layout;

        Growing(TableLayout layout) {
            this.layout = layout;
        }

        @Override
        public String method() {
            return "append";
        }

        @Override
        public TableLayout layout() {
            return layout;
        }

        @Override
        public Optional<Duration> keep() {
            return Optional.empty();
        }
    }
}
