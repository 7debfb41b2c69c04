// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCompiler;
import dev.hippo.pipeline.PartitionColumn;
import dev.hippo.pipeline.PartitionColumn.Transform;
import dev.hippo.pipeline.TableSpec;
import dev.hippo.pipeline.TopicSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** A table of the latest rows without a topic, and beside it what it should have. */
final class MergedTable {
    private final Path folder;
    private final List<String> key;
    private final List<String> partitionBy;
    private final Merge.LeafSize size;
    private Contract contract;
    private Landing landing;
    private DeltaTable delta;
    private Gathering pending;
    private Duration ahead = Duration.ZERO;
    private long next;
    /** What the table should have: the number of the last change by the key. */
    private final Map<String, Long> expected = new HashMap<>();

    MergedTable(Path folder, String proto, List<String> key, List<String> partitionBy, Merge.LeafSize size)
            throws Exception {
        this.folder = folder;
        this.key = key;
        this.partitionBy = partitionBy;
        this.size = size;
        open(proto);
    }

    /** Opens it as a new process does; what was pending is forgotten. */
    void open(String proto) throws Exception {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/e.proto"), proto);
        contract = ContractCompiler.compile(folder.resolve("contracts"))
                .contract("e.Row")
                .orElseThrow();
        TopicSpec topic = new TopicSpec("rows", "e.Row", key, null, 1, true, Map.of());
        TableSpec table = new TableSpec(
                "t",
                "e.Row",
                partitionBy.stream()
                        .map(field -> new PartitionColumn(field, field, Transform.IDENTITY))
                        .toList(),
                null,
                false,
                Duration.ofHours(1));
        InstantSource clock = () -> Instant.now().plus(ahead);
        landing = Landing.merging(topic, table, contract, size, clock);
        delta = new DeltaTable(location(), "app", "rows", clock);
        delta.open(landing.layout().schema(), landing.layout().partitionNames(), landing.properties());
        pending = landing.begin(delta.schema());
    }

    String location() {
        return folder.resolve("a %20b").toString();
    }

    TableReader reader() {
        return new TableReader(location());
    }

    /** A row with a number of its own in {@code n}, and the rest as said, in JSON. */
    void put(String fields) throws Exception {
        long n = next++;
        byte[] row = contract.json().toBytes("{\"n\": " + n + ", \"note\": \"row " + n + "\", " + fields + "}");
        byte[] name = contract.key(key).read(row, 0, row.length);
        pending.add(record(name, row));
        expected.put(text(name), n);
    }

    /** The row whose key those fields have goes away. */
    void delete(String fields) throws Exception {
        byte[] row = contract.json().toBytes("{" + fields + "}");
        byte[] name = contract.key(key).read(row, 0, row.length);
        pending.add(record(name, null));
        expected.remove(text(name));
    }

    private static String text(byte[] name) {
        return new String(name, StandardCharsets.ISO_8859_1);
    }

    static ConsumerRecord<byte[], byte[]> record(byte @Nullable [] key, byte @Nullable [] value) {
        return new ConsumerRecord<>("rows", 0, 0, key, value);
    }

    Gathering pending() {
        return pending;
    }

    void commit() throws Exception {
        commit(() -> {});
    }

    /** @param before done when the files are written and the commit is not made, at each attempt */
    void commit(Step before) throws Exception {
        delta.commit(pending.changes(), version -> {
            try {
                before.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return new LakeState(Map.of(0, next), "");
        });
        pending = landing.begin(delta.schema());
    }

    interface Step {
        void run() throws Exception;
    }

    /** Another engine writes all rows anew, in files of any size and in the order in which they come, if statistics are not to be trusted without any. */
    void optimize() throws Exception {
        DeltaTable other = new DeltaTable(location(), "other", "rows", InstantSource.system());
        other.open(landing.layout().schema(), landing.layout().partitionNames(), Map.of());
        other.commit(new Rewrite(new KeyColumns(contract, key), landing), version -> LakeState.beginning());
    }

    /** What the table should have, as {@link #rows} tells it. */
    Map<Long, String> expected() {
        Map<Long, String> rows = new TreeMap<>();
        expected.values().forEach(n -> rows.put(n, "row " + n));
        return rows;
    }

    /** What the table has. A row that is there twice is an error. */
    Map<Long, String> rows() throws Exception {
        Map<Long, String> rows = new TreeMap<>();
        for (String row : reader().query("select n || '/' || note from t")) {
            String[] parts = row.split("/", 2);
            if (rows.put(Long.valueOf(parts[0]), parts[1]) != null) {
                throw new AssertionError("twice in the table: " + row);
            }
        }
        return rows;
    }

    Map<String, Long> byKey() {
        return expected;
    }

    /** How many files the last version of the log added and took away. */
    List<Long> lastCommit() throws Exception {
        List<String> lines;
        try (var versions = Files.list(reader().log())) {
            lines = Files.readAllLines(versions.filter(file -> file.toString().endsWith(".json"))
                    .max(java.util.Comparator.naturalOrder())
                    .orElseThrow());
        }
        return List.of(
                lines.stream().filter(line -> line.startsWith("{\"add\"")).count(),
                lines.stream().filter(line -> line.startsWith("{\"remove\"")).count());
    }

    void passTime(Duration time) {
        ahead = ahead.plus(time);
    }

    long sweep(long done) throws Exception {
        return delta.sweep(landing.keep().orElseThrow(), done);
    }
}
