// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCompiler;
import dev.hippo.pipeline.TableSpec;
import dev.hippo.pipeline.TopicSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Measures merging without a broker: records of 6 columns and about 120 bytes, made before the clock runs, go into a table by commits; first all rows, in the order of their keys and at random, then
 * changes of one row in a hundred. Arguments: rows (1,000,000), commits of changes (5).
 */
final class MergeBench {
    private static final int BATCH = 250_000;

    private final Path folder;
    private final Contract contract;
    private final Random random = new Random(1);
    private int tables;

    private Landing landing;
    private DeltaTable table;

    private MergeBench(Path folder) throws Exception {
        this.folder = folder;
        Files.createDirectory(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/b.proto"), """
                syntax = "proto3";
                package b;
                message Account { int64 id = 1; string owner = 2; int64 cents = 3; int64 changed = 4; string note = 5; string town = 6; }
                """);
        contract = ContractCompiler.compile(folder.resolve("contracts"))
                .contract("b.Account")
                .orElseThrow();
        open();
    }

    public static void main(String[] args) throws Exception {
        int rows = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        int commits = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        Path folder = Files.createTempDirectory("hippo-merge-bench");
        try {
            MergeBench bench = new MergeBench(folder);
            System.out.println("| what | records/s | CPU us/record | s/commit |\n| --- | ---: | ---: | ---: |");
            // warm
            bench.run("", BATCH, BATCH, i -> i);
            bench.open();
            bench.run("first load, by key", rows, BATCH, i -> i);
            bench.run("1 % changed, by key", rows / 100L * commits, rows / 100, i -> i);
            bench.run("1 % changed, at random", rows / 100L * commits, rows / 100, i -> bench.random.nextInt(rows));
            bench.open();
            // an odd number that has no factor with the rows goes once to each
            bench.run("first load, at random", rows, BATCH, i -> (i * 7_368_787L) % rows);
        } finally {
            remove(folder);
        }
    }

    private void open() throws Exception {
        TopicSpec topic = new TopicSpec("rows", "b.Account", List.of("id"), null, 1, true, Map.of());
        TableSpec spec = new TableSpec("t", "b.Account", List.of(), null, false);
        landing = Landing.merging(topic, spec, contract, Merge.LeafSize.STANDARD, InstantSource.system());
        table = new DeltaTable(folder.resolve("t" + tables++).toString(), "bench", "rows", InstantSource.system());
        table.open(landing.layout().schema(), List.of(), landing.properties());
    }

    private void run(String what, long records, int batch, LongUnaryOperator key) throws Exception {
        long nanos = 0;
        long cpu = 0;
        int commits = 0;
        for (long done = 0; done < records; done += batch, commits++) {
            List<ConsumerRecord<byte[], byte[]>> made = records(done, batch, key);
            long begunCpu = cpu();
            long begun = System.nanoTime();
            Gathering pending = landing.begin(table.schema());
            for (ConsumerRecord<byte[], byte[]> record : made) {
                pending.add(record);
            }
            table.commit(pending.changes(), version -> LakeState.beginning());
            nanos += System.nanoTime() - begun;
            cpu += cpu() - begunCpu;
        }
        if (!what.isEmpty()) {
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %,.0f | %.1f | %.2f |%n",
                    what,
                    records * 1e9 / nanos,
                    cpu / 1e3 / records,
                    nanos / 1e9 / commits);
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> records(long from, int count, LongUnaryOperator key) {
        Descriptor type = contract.descriptor();
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long id = key.applyAsLong(from + i);
            byte[] value = DynamicMessage.newBuilder(type)
                    .setField(type.findFieldByName("id"), id)
                    .setField(type.findFieldByName("owner"), "owner " + random.nextInt(100_000))
                    .setField(type.findFieldByName("cents"), random.nextLong())
                    .setField(type.findFieldByName("changed"), 1_700_000_000_000L + i)
                    .setField(
                            type.findFieldByName("note"),
                            Long.toHexString(random.nextLong()) + " of what was done to this account")
                    .setField(type.findFieldByName("town"), "town " + random.nextInt(500))
                    .build()
                    .toByteArray();
            records.add(new ConsumerRecord<>(
                    "rows", 0, from + i, Long.toString(id).getBytes(StandardCharsets.UTF_8), value));
        }
        return records;
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
