// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import dev.hippo.wire.snapshot.SnapshotBook;
import dev.hippo.wire.snapshot.SnapshotOrder;
import dev.hippo.wire.snapshot.SnapshotProgress;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has the rows of a captured table told again, or shows how far that is. */
@Command(
        name = "snapshot",
        description =
                "Tell the rows of a captured table again, or those of a range of its keys, while its changes are told on;"
                        + " without TABLE show what was ordered, and how far it is.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo snapshot public.accounts --from 1000 --to 1999 --rate 5000 --wait"})
final class SnapshotCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(200);

    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "TABLE",
            description = "the captured table, with or without its schema, or the topic of its latest rows")
    private @Nullable String table;

    @Option(
            names = "--from",
            paramLabel = "KEY",
            description =
                    "the first key, as the database writes it; of several columns a value for each in the order of the"
                            + " topic's key, with slashes between (default: the first row)")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "KEY", description = "the last key (default: the last row)")
    private @Nullable String to;

    @Option(
            names = "--rate",
            paramLabel = "ROWS",
            description = "read so many rows a second at most (default: as many as the topics take)")
    private @Nullable Integer rate;

    @Option(names = "--cancel", description = "take the table's order back; rows that were told stay told")
    private boolean cancel;

    @Option(names = "--wait", description = "wait for the end; exit with 1 if it fails")
    private boolean wait;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PipelineSpec pipeline = options.pipeline();
        KafkaConnection kafka = options.kafka(pipeline);
        if (table == null) {
            if (from != null || to != null || rate != null || cancel || wait) {
                throw new CommandFailure(ExitStatus.USAGE, "which table? Give TABLE before the options");
            }
            return show(pipeline, kafka);
        }
        CapturedTable captured = CapturedTable.of(pipeline, table);
        return cancel ? cancel(pipeline, kafka, captured) : order(pipeline, kafka, captured);
    }

    private int order(PipelineSpec pipeline, KafkaConnection kafka, CapturedTable captured)
            throws KafkaUnavailable, IOException {
        if (rate != null && rate <= 0) {
            throw new CommandFailure(ExitStatus.USAGE, "--rate is " + rate + "; give at least 1 row a second");
        }
        List<String> key = pipeline.topic(captured.topic()).key();
        SnapshotOrder order = new SnapshotOrder(
                WaitOption.newId(),
                captured.table(),
                bound("--from", from, key),
                bound("--to", to, key),
                rate == null ? 0 : rate,
                InstantSource.system().instant());
        send(pipeline, kafka, captured, order.toBytes());
        PrintWriter out = spec.commandLine().getOut();
        out.println("ordered: '" + captured.hippo().name() + "' tells the rows of " + captured.table() + " again"
                + (wait ? "" : "; 'hippo snapshot' shows how far it is"));
        out.flush();
        return wait ? await(pipeline, kafka, captured, order) : ExitStatus.OK;
    }

    private static Map<String, String> bound(String option, @Nullable String given, List<String> key) {
        if (given == null) {
            return Map.of();
        }
        // a key of one column may have slashes of its own
        List<String> values = key.size() == 1 ? List.of(given) : List.of(given.split("/", -1));
        if (values.size() != key.size()) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    option + " has " + values.size() + " values and the key has " + key.size() + " columns: "
                            + String.join("/", key));
        }
        Map<String, String> bound = new HashMap<>();
        for (int i = 0; i < key.size(); i++) {
            bound.put(key.get(i), values.get(i));
        }
        return bound;
    }

    private int cancel(PipelineSpec pipeline, KafkaConnection kafka, CapturedTable captured)
            throws KafkaUnavailable, IOException {
        if (!isUnderWay(pipeline, kafka, captured)) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    "no snapshot of " + captured.table() + " is under way; 'hippo snapshot' shows what was ordered");
        }
        send(pipeline, kafka, captured, null);
        spec.commandLine().getOut().println("taken back; rows that were told stay told");
        return ExitStatus.OK;
    }

    /** Whether rows of a table are told again just now, or will be. */
    static boolean isUnderWay(PipelineSpec pipeline, KafkaConnection kafka, CapturedTable captured)
            throws KafkaUnavailable, IOException {
        SnapshotBook book = book(pipeline, kafka, captured.hippo().name());
        return book.orders().stream()
                .anyMatch(order -> order.table().equals(captured.table())
                        && book.progress(order).state() == SnapshotProgress.State.RUNNING);
    }

    private static void send(
            PipelineSpec pipeline, KafkaConnection kafka, CapturedTable captured, byte @Nullable [] order)
            throws KafkaUnavailable {
        String hippo = captured.hippo().name();
        OneRecord.send(
                kafka,
                "order of a snapshot",
                new ProducerRecord<>(
                        Capture.positionsTopic(pipeline.name(), hippo),
                        SnapshotOrder.key(pipeline.name(), hippo, captured.table()),
                        order));
    }

    /** What was ordered from a hippo by now. */
    private static SnapshotBook book(PipelineSpec pipeline, KafkaConnection kafka, String hippo)
            throws KafkaUnavailable, IOException {
        SnapshotBook book = new SnapshotBook(pipeline.name(), hippo);
        try (TopicReader reader =
                TopicReader.open(kafka, "hippo-snapshot", Capture.positionsTopic(pipeline.name(), hippo))) {
            reader.start(Long.MAX_VALUE);
            while (!reader.atEnd()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                    book.take(record, true);
                }
            }
        }
        return book;
    }

    private int await(PipelineSpec pipeline, KafkaConnection kafka, CapturedTable captured, SnapshotOrder order)
            throws KafkaUnavailable, IOException {
        SnapshotProgress progress = new SnapshotWait(pipeline, kafka, captured, order).untilDone();
        spec.commandLine().getOut().println(count(progress) + " rows told in " + seconds(order, progress.at()) + " s");
        return ExitStatus.OK;
    }

    private static long seconds(SnapshotOrder order, Instant end) {
        return Math.max(0, Duration.between(order.at(), end).toSeconds());
    }

    private static String count(SnapshotProgress progress) {
        return String.format(Locale.ROOT, "%,d", progress.rows());
    }

    private int show(PipelineSpec pipeline, KafkaConnection kafka) throws KafkaUnavailable, IOException {
        TextTable lines = new TextTable(List.of("TABLE", "HIPPO", "ORDERED", "STATE", "ROWS", "UP TO", "LAST WORD"));
        List<String> hippos = CapturedTable.all(pipeline).stream()
                .map(each -> each.hippo().name())
                .distinct()
                .toList();
        if (hippos.isEmpty()) {
            throw new CommandFailure(
                    ExitStatus.USAGE, "no hippo of pipeline '" + pipeline.name() + "' captures a table");
        }
        boolean any = false;
        PrintWriter out = spec.commandLine().getOut();
        for (String hippo : hippos) {
            SnapshotBook book = book(pipeline, kafka, hippo);
            for (SnapshotOrder order : book.orders()) {
                any = true;
                SnapshotProgress progress = book.progress(order);
                lines.row(List.of(
                        order.table(),
                        hippo,
                        MissionsCommand.time(order.at()),
                        progress.state().name().toLowerCase(Locale.ROOT),
                        count(progress),
                        key(progress.last()),
                        progress.failure().isEmpty() ? MissionsCommand.time(progress.at()) : progress.failure()));
            }
        }
        if (any) {
            lines.lines().forEach(out::println);
        } else {
            out.println("no snapshot was ordered; 'hippo snapshot TABLE' orders one");
        }
        return ExitStatus.OK;
    }

    private static String key(Map<String, String> last) {
        return last.isEmpty()
                ? "-"
                : last.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining(", "));
    }
}
