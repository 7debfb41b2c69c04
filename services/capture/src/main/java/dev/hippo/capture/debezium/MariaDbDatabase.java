// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.mariadb.MariaDbSettings;
import dev.hippo.capture.mariadb.MariaDbSource;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.HostAddress;

/**
 * MariaDB. A position begins with the place in the log as our own reader has it, then whether a transaction that begins there is told, then the connector's own words: after a transaction that is where it began,
 * and how much of it to pass over.
 */
final class MariaDbDatabase implements Database {
    static final String CONNECTOR = "io.debezium.connector.mariadb.MariaDbConnector";
    /** Of the place. */
    private static final int PLACE = 2 * Long.BYTES;

    private final MariaDbSettings settings;
    private final MariaDbSource own;
    private final Contracts contracts;
    private final Map<String, String> history;

    /**
     * One that a connector is to read.
     *
     * @param history where the connector keeps what the tables' columns were
     */
    MariaDbDatabase(MariaDbSettings settings, MariaDbSource own, Contracts contracts, Map<String, String> history) {
        this.settings = settings;
        this.own = own;
        this.contracts = contracts;
        this.history = history;
    }

    @Override
    public String connector() {
        return CONNECTOR;
    }

    @Override
    public Map<String, String> properties(List<SourceTable> tables) throws SourceFailure {
        HostAddress address = address();
        Map<String, String> properties = new LinkedHashMap<>(history);
        properties.put("database.hostname", address.host);
        properties.put("database.port", Integer.toString(address.port));
        properties.put("database.user", settings.user());
        properties.put("database.password", settings.password());
        properties.put("database.server.id", Long.toString(settings.serverId()));
        properties.put("table.include.list", Database.includeList(tables));
        properties.put("bigint.unsigned.handling.mode", "long");
        properties.put("enable.time.adjuster", "false");
        properties.put("inconsistent.schema.handling.mode", "fail");
        // of all tables, so that one may be added
        properties.put("schema.history.internal.store.only.captured.tables.ddl", "false");
        properties.put("heartbeat.interval.ms", "1");
        properties.put("connect.keep.alive.interval.ms", "10000");
        return properties;
    }

    private HostAddress address() throws SourceFailure {
        try {
            Configuration url = Configuration.parse(own.driverUrl());
            if (url != null && !url.addresses().isEmpty()) {
                return url.addresses().get(0);
            }
        } catch (SQLException e) {
            throw new SourceFailure(Kind.SETTING, "the URL of the database cannot be read: " + e.getMessage(), e);
        }
        throw new SourceFailure(Kind.SETTING, "the URL of the database names no server");
    }

    @Override
    public void prepare(Position from) throws SourceFailure {
        own.prepare(own(from));
    }

    @Override
    public boolean snapshotsByConnector() {
        return true;
    }

    @Override
    public Optional<String> loss(Column column) {
        if (column.declared().equals("uuid")) {
            return Optional.of("Debezium does not know in which order the server keeps its bytes");
        }
        return column.declared().startsWith("inet")
                ? Optional.of("Debezium tells addresses as bytes")
                : Database.momentLoss(column);
    }

    @Override
    public Position own(Position position) {
        byte[] log = position.log();
        return new Position(position.epoch(), Arrays.copyOf(log, Math.min(log.length, PLACE)));
    }

    @Override
    public Map<String, Object> offset(Position from) throws SourceFailure {
        byte[] log = from.log();
        if (log.length <= PLACE) {
            throw new SourceFailure(
                    Kind.GONE,
                    "The position is one of our own reader, and Debezium does not know which columns the tables had there; take a new snapshot, or take 'reader: debezium' away");
        }
        return OffsetText.read(log, PLACE + 1);
    }

    @Override
    public Position position(Map<String, ?> offset, boolean whole, Position before) {
        if (!(offset.get("file") instanceof String file) || !(offset.get("pos") instanceof Number offsetInFile)) {
            return before;
        }
        Position place = own.at(file, offsetInFile.longValue());
        byte[] words = OffsetText.write(offset);
        boolean within = offset.containsKey("event") || offset.containsKey("row");
        return new Position(
                place.epoch(),
                ByteBuffer.allocate(PLACE + 1 + words.length)
                        .put(place.log())
                        .put((byte) (within ? 1 : 0))
                        .put(words)
                        .array());
    }

    /** The server keeps its log by its own rules. */
    @Override
    public Map<String, Object> forget(Position upTo) {
        return Map.of();
    }

    @Override
    public boolean truncatesAlone() {
        return true;
    }

    @Override
    public TableRows rows(Struct source, @Nullable Schema key, Schema row) throws SourceFailure {
        String schema = String.valueOf(Database.text(source, "db"));
        String name = String.valueOf(Database.text(source, "table"));
        SourceTable known = own.tables().stream()
                .filter(table -> table.schema().equals(schema) && table.name().equals(name))
                .findFirst()
                .orElseGet(() -> new SourceTable(schema, name, List.of(), List.of()));
        return ConnectRows.of(known, row, contracts);
    }

    @Override
    public void close() {}
}
