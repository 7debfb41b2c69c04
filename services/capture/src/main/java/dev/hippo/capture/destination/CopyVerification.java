// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import com.google.protobuf.DynamicMessage;
import dev.hippo.capture.verify.RowDifference;
import dev.hippo.capture.verify.RowDifference.Kind;
import dev.hippo.contracts.Contract;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.pipeline.HippoSettings.Destination;
import dev.hippo.pipeline.TopicSpec;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Compares a table of a destination with the topic of the latest rows that it is to have, while both change. The topic's rows up to one place are written into a temporary table of the same columns, by
 * the way that the destination writes them; when the destination has come to that place, the database compares the two tables as they are at one moment. Rows of which the
 * topic tells anything behind the place are left out: they are in order, or will be looked at the next time.
 */
public final class CopyVerification {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int BATCH = 2_000;
    private static final long LOOK_AGAIN_MILLIS = 200;

    private final HippoContext context;
    private final TopicSpec topic;
    private final String name;
    private final Duration patience;
    private long rows;

    /**
     * Prepares it.
     *
     * @param context of the destination's hippo
     * @param topic of the latest rows
     * @param name under which the destination takes the rows: the topic, or the source's table
     * @param patience how long the destination may need to come to where the topic ends now
     */
    public CopyVerification(HippoContext context, TopicSpec topic, String name, Duration patience) {
        this.context = context;
        this.topic = topic;
        this.name = name;
        this.patience = patience;
    }

    /** How many rows the topic had. */
    public long rows() {
        return rows;
    }

    /**
     * Compares.
     *
     * @param most how many differences are told
     * @throws HippoFailure if they cannot be compared, with what to do
     */
    public List<RowDifference> run(int most) throws HippoFailure, KafkaUnavailable, InterruptedException {
        Destination settings = context.hippo().settings(Destination.class);
        Dialect dialect = Dialect.of(settings.url());
        Login login = new Login(
                settings.url(),
                settings.user(),
                settings.password(),
                "hippo verify " + context.hippo().name());
        try (Connection connection = dialect.connect(login);
                TopicReader reader = TopicReader.open(context.kafka(), "verify-" + topic.name(), topic.name())) {
            Map<String, TopicTable> tables = new TableSetup(context, dialect, connection).look();
            TopicTable table = tables.get(name);
            if (table == null) {
                throw new HippoFailure("hippo '" + context.hippo().name() + "' has not made the table for '" + name
                        + "' yet; start it first");
            }
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            // two large tables are compared for as long as it takes
            connection.setNetworkTimeout(Runnable::run, 0);
            Map<TopicPartition, Long> place = reader.ends();
            Map<TopicPartition, Long> needed = mirror(dialect, connection, table, reader, place);
            String schema = tables.values().iterator().next().table().name().schema();
            await(
                    new Ledger(
                            dialect,
                            connection,
                            schema,
                            context.pipeline().name(),
                            context.hippo().name(),
                            ""),
                    settings.whole() ? lastOf(context.hippo().subscribe().get(0)) : needed);
            return compare(dialect, connection, table, reader, place, most);
        } catch (SQLException e) {
            throw new HippoFailure(
                    "the table cannot be compared at " + login + ": " + dialect.words(e) + "; "
                            + dialect.advice(e, login) + ". The user needs the right to make temporary tables, too",
                    e);
        }
    }

    /** Brings the rows that the topic has before a place into a temporary table; gives what is behind the last of its records in each partition. */
    private Map<TopicPartition, Long> mirror(
            Dialect dialect,
            Connection connection,
            TopicTable table,
            TopicReader reader,
            Map<TopicPartition, Long> place)
            throws SQLException, HippoFailure {
        TargetTable target = table.table();
        List<String> key =
                target.keyColumns().stream().map(TableShape.Column::name).toList();
        dialect.makeMirror(connection, target.name(), key);
        TableName mirror = dialect.mirror(target.name());
        RowWriter writer =
                dialect.writer(connection, new TargetTable(mirror, target.fields(), target.columns(), target.key()));
        Map<TopicPartition, Long> needed = new HashMap<>();
        List<ConsumerRecord<byte[], byte[]>> waiting = new ArrayList<>();
        reader.start(reader.beginnings(), place);
        while (!reader.atEnd()) {
            for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                if (record.offset() < place.getOrDefault(partition(record), 0L)) {
                    needed.put(partition(record), record.offset() + 1);
                    waiting.add(record);
                }
            }
            if (waiting.size() >= BATCH) {
                write(table, writer, waiting);
            }
        }
        write(table, writer, waiting);
        try (Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery("select count(*) from " + dialect.quoted(mirror))) {
            rows = count.next() ? count.getLong(1) : 0;
        }
        connection.commit();
        return needed;
    }

    private static TopicPartition partition(ConsumerRecord<byte[], byte[]> record) {
        return new TopicPartition(record.topic(), record.partition());
    }

    private void write(TopicTable table, RowWriter writer, List<ConsumerRecord<byte[], byte[]>> records)
            throws SQLException, HippoFailure {
        for (Batch.Rows batch : new Batch(Map.of(topic.name(), table), records).latest()) {
            if (!batch.gone().isEmpty()) {
                writer.delete(batch.gone());
            }
            if (!batch.written().isEmpty()) {
                writer.upsert(batch.written());
            }
        }
        records.clear();
    }

    /** Behind the last record of a topic, in each partition. */
    private Map<TopicPartition, Long> lastOf(String changes) throws KafkaUnavailable {
        Map<TopicPartition, Long> last = new HashMap<>();
        try (TopicReader reader = TopicReader.open(context.kafka(), "verify-" + changes, changes)) {
            reader.startLast(1);
            while (!reader.atEnd()) {
                reader.poll(POLL).forEach(record -> last.put(partition(record), record.offset() + 1));
            }
        }
        return last;
    }

    private void await(Ledger ledger, Map<TopicPartition, Long> needed)
            throws SQLException, HippoFailure, KafkaUnavailable, InterruptedException {
        Set<String> topics = needed.keySet().stream().map(TopicPartition::topic).collect(Collectors.toSet());
        Map<TopicPartition, String> ids = TopicFacts.read(
                        context.kafka(), context.kafka().clientProperties("verify-" + topic.name()), topics)
                .ids();
        long end = System.nanoTime() + patience.toNanos();
        while (!hasAll(ledger.look(), needed, ids)) {
            if (System.nanoTime() > end) {
                throw new HippoFailure(
                        "hippo '" + context.hippo().name() + "' has not come to where the topic ended within "
                                + patience.toSeconds() + " s; does it run? See 'hippo status'");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
        }
    }

    /** What is stored of a topic of the same name that was there before says nothing. */
    private static boolean hasAll(
            Map<TopicPartition, StoredOffset> stored,
            Map<TopicPartition, Long> needed,
            Map<TopicPartition, String> ids) {
        return needed.entrySet().stream().allMatch(entry -> {
            StoredOffset has = stored.get(entry.getKey());
            return has != null && has.topicId().equals(ids.get(entry.getKey())) && has.next() >= entry.getValue();
        });
    }

    private List<RowDifference> compare(
            Dialect dialect,
            Connection connection,
            TopicTable table,
            TopicReader reader,
            Map<TopicPartition, Long> place,
            int most)
            throws SQLException {
        CopyComparison comparison = new CopyComparison(dialect, table.table());
        try (Statement statement = connection.createStatement()) {
            // from here on the tables are seen as they are now
            statement.execute(comparison.look());
            Set<ByteBuffer> changed = changed(reader, place);
            List<RowDifference> differences = new ArrayList<>();
            for (String sql : comparison.questions(most + changed.size())) {
                try (ResultSet found = statement.executeQuery(sql)) {
                    while (found.next() && differences.size() < most) {
                        difference(comparison.difference(found), changed).ifPresent(differences::add);
                    }
                }
            }
            return differences;
        } finally {
            connection.rollback();
        }
    }

    /** The keys of which the topic tells behind a place. */
    private Set<ByteBuffer> changed(TopicReader reader, Map<TopicPartition, Long> place) {
        Set<ByteBuffer> changed = new HashSet<>();
        reader.start(place, reader.ends());
        while (!reader.atEnd()) {
            reader.poll(POLL).forEach(record -> changed.add(ByteBuffer.wrap(record.key())));
        }
        return changed;
    }

    /** With the key as a record has it, and as an order needs it that takes the row away; empty if the row was changed. */
    private Optional<RowDifference> difference(RowDifference found, Set<ByteBuffer> changed) {
        Contract contract = context.contracts().contract(topic.contract()).orElseThrow();
        DynamicMessage.Builder row = DynamicMessage.newBuilder(contract.descriptor());
        try {
            found.columns().forEach((field, text) -> KeyFields.set(row, field, text));
        } catch (IllegalArgumentException e) {
            // a key that no row of the topic can have
            String key = String.join(", ", found.columns().values());
            return Optional.of(new RowDifference(key, found.kind(), found.fields(), found.columns(), ""));
        }
        byte[] image = row.build().toByteArray();
        byte[] key = contract.key(topic.key()).read(image, 0, image.length);
        if (changed.contains(ByteBuffer.wrap(key))) {
            return Optional.empty();
        }
        return Optional.of(new RowDifference(
                new String(key, StandardCharsets.UTF_8),
                found.kind(),
                found.fields(),
                found.columns(),
                found.kind() == Kind.COPY_LEFT ? Base64.getEncoder().encodeToString(image) : ""));
    }
}
