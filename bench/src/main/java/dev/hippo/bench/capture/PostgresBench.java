// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.capture;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.TimestampProto;
import dev.hippo.capture.postgres.PostgresSettings;
import dev.hippo.capture.postgres.PostgresSource;
import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SourceTable;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/** Reads a backlog of PostgreSQL's log by the driver's own stream and by our source, in turns. Arguments: changes (1,000,000), rounds that count (3). */
public final class PostgresBench {
    private PostgresBench() {}

    private interface Way {
        void read(int changes) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        int changes = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("wal_level", "logical")
                .setServerConfig("max_wal_size", "4GB")
                .start()) {
            String url = "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres";
            Orders.create(url);
            try (Connection connection = postgres.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                Position from = open(url).now();
                Orders.load(url, 0, changes);
                Map<String, Way> ways = new TreeMap<>();
                ways.put("bare PGReplicationStream, nothing decoded", count -> bare(url, from, count));
                ways.put("our source, types mapped and protobuf written", count -> ours(url, from, count));
                print(statement, ways, changes, rounds);
            }
        }
    }

    private static PostgresSource open(String url) {
        return new PostgresSource(
                new PostgresSettings(url, "postgres", "", "bench", "bench", List.of("public.orders"), 0),
                PostgresBench::contract,
                InstantSource.system());
    }

    private static Descriptor contract(SourceTable table) {
        DescriptorProto.Builder message = DescriptorProto.newBuilder().setName("Order");
        for (SourceTable.Column column : table.columns()) {
            FieldDescriptorProto.Builder field = message.addFieldBuilder()
                    .setName(column.name())
                    .setNumber(message.getFieldCount())
                    .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL);
            String type = column.type().contractType();
            if (type.contains(".")) {
                field.setType(FieldDescriptorProto.Type.TYPE_MESSAGE).setTypeName("." + type);
            } else {
                field.setType(FieldDescriptorProto.Type.valueOf("TYPE_" + type.toUpperCase(Locale.ROOT)));
            }
        }
        FileDescriptorProto file = FileDescriptorProto.newBuilder()
                .setName("order.proto")
                .addDependency("google/protobuf/timestamp.proto")
                .addMessageType(message)
                .build();
        try {
            return FileDescriptor.buildFrom(file, new FileDescriptor[] {TimestampProto.getDescriptor()})
                    .findMessageTypeByName("Order");
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void bare(String url, Position from, int changes) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("user", "postgres");
        properties.setProperty("replication", "database");
        properties.setProperty("assumeMinServerVersion", "14");
        properties.setProperty("preferQueryMode", "simple");
        try (Connection connection = DriverManager.getConnection(url, properties)) {
            PGReplicationStream stream = connection
                    .unwrap(PGConnection.class)
                    .getReplicationAPI()
                    .replicationStream()
                    .logical()
                    .withSlotName("bench")
                    .withStartPosition(LogSequenceNumber.valueOf(
                            ByteBuffer.wrap(from.log()).getLong()))
                    .withSlotOption("proto_version", 1)
                    .withSlotOption("publication_names", "bench")
                    .start();
            int read = 0;
            while (read < changes) {
                byte kind = stream.read().get();
                if (kind == 'I' || kind == 'U') {
                    read++;
                }
            }
            connection.abort(Runnable::run);
        }
    }

    private static void ours(String url, Position from, int changes) throws Exception {
        PostgresSource source = open(url);
        source.stream(from, new ChangeListener() {
            private int read;

            @Override
            public void begin(String id, Instant committedAt) {}

            @Override
            public void change(RowChange change) {
                read++;
            }

            @Override
            public void commit(Position behind) {
                if (read >= changes) {
                    source.close();
                }
            }

            @Override
            public void advanced(Position to) {}
        });
    }

    private static void print(Statement server, Map<String, Way> ways, int changes, int rounds) throws Exception {
        Map<String, List<Cost>> costs = new TreeMap<>();
        for (int round = -1; round < rounds; round++) {
            for (Map.Entry<String, Way> way : ways.entrySet()) {
                awaitFree(server);
                Cost cost = measure(way.getValue(), changes);
                if (round >= 0) {
                    costs.computeIfAbsent(way.getKey(), name -> new ArrayList<>())
                            .add(cost);
                }
            }
        }
        double reference = 0;
        System.out.println("| what | changes/s | of the bare loop | CPU us/change |");
        System.out.println("| --- | ---: | ---: | ---: |");
        for (Map.Entry<String, List<Cost>> way : costs.entrySet()) {
            double perSecond =
                    median(way.getValue().stream().mapToDouble(Cost::perSecond).toArray());
            double cpu =
                    median(way.getValue().stream().mapToDouble(Cost::cpuMicros).toArray());
            reference = reference == 0 ? perSecond : reference;
            System.out.printf(
                    Locale.ROOT, "| %s | %,.0f | %.2f | %.2f |%n", way.getKey(), perSecond, perSecond / reference, cpu);
        }
    }

    /** The server sees a moment later that a reader has gone. */
    private static void awaitFree(Statement server) throws Exception {
        boolean busy = true;
        while (busy) {
            try (ResultSet row = server.executeQuery("select count(*) from pg_replication_slots where active")) {
                row.next();
                busy = row.getInt(1) > 0;
            }
        }
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private static Cost measure(Way way, int changes) throws Exception {
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long start = System.nanoTime();
        way.read(changes);
        double seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
        double micros = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / 1_000.0;
        return new Cost(changes / seconds, micros / changes);
    }
}
