// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.pipeline.NamePattern;
import dev.hippo.pipeline.RuleSpec.TableClosed;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Signal;
import dev.hippo.wire.mission.Trigger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which partitions by time are over, by what the writers of tables have told. No clock decides it. Not thread-safe. */
final class Closings {
    private static final Logger log = LoggerFactory.getLogger(Closings.class);

    private final String prefix;
    private final Map<String, OpenPartitions> tables = new HashMap<>();

    Closings(String prefix) {
        this.prefix = prefix;
    }

    void restore(OpenPartitions state) {
        tables.put(state.condition(), state);
    }

    /** Takes in what a commit has told. Gives the partitions that are over by it and that the condition asks for. */
    List<OpenPartitions.Open> take(TableClosed condition, Signal signal, Trigger.Source source, Changes changes) {
        OpenPartitions table = tables.computeIfAbsent(condition.toString(), OpenPartitions::new);
        if (table.knows(signal.version())) {
            return List.of();
        }
        for (PartitionValues partition : signal.partitions()) {
            String time = partition.columns().getOrDefault(condition.column(), "");
            try {
                Instant begins = begin(condition, time);
                Instant due = end(condition, begins).plus(condition.lateness());
                Trigger.Source about = new Trigger.Source(
                        source.topic(), source.partition(), source.offset(), only(partition, source.message()));
                table.add(new OpenPartitions.Open(partition, due, signal.version(), about), begins);
            } catch (DateTimeException e) {
                log.warn(
                        "A partition without a time is never over table={} partition={} message={}",
                        condition.table(),
                        partition,
                        source.place());
            }
        }
        List<OpenPartitions.Open> over = table.closed(signal.version());
        changes.states().put(table.key(prefix), table.toBytes());
        return over.stream().filter(each -> asked(condition, each.partition())).toList();
    }

    private static boolean asked(TableClosed condition, PartitionValues partition) {
        return condition.partition().entrySet().stream()
                .allMatch(wanted -> partition.columns().entrySet().stream()
                        .anyMatch(column -> column.getKey().equalsIgnoreCase(wanted.getKey())
                                && NamePattern.of(wanted.getValue()).matches(column.getValue())));
    }

    private static Instant begin(TableClosed condition, String text) {
        return switch (condition.unit()) {
            case HOUR -> LocalDateTime.parse(text + ":00").toInstant(ZoneOffset.UTC);
            case DAY -> LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
            case MONTH -> YearMonth.parse(text).atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
            case IDENTITY -> throw new IllegalArgumentException("a plain column has no time");
        };
    }

    private static Instant end(TableClosed condition, Instant begins) {
        return switch (condition.unit()) {
            case HOUR -> begins.plus(1, ChronoUnit.HOURS);
            case DAY -> begins.plus(1, ChronoUnit.DAYS);
            case MONTH -> begins.atOffset(ZoneOffset.UTC).plusMonths(1).toInstant();
            case IDENTITY -> throw new IllegalArgumentException("a plain column has no time");
        };
    }

    /** The message as if it were about that partition alone: it stands once for each. */
    private static ObjectNode only(PartitionValues partition, ObjectNode message) {
        ObjectNode only = message.deepCopy();
        only.remove(List.of("partition", "partitions", "partitions_name", "partition_fields", "partition_values"));
        partition.columns().keySet().forEach(only.putArray("partition_fields")::add);
        only.putArray("partition_values").add(partition.values());
        return only;
    }
}
