// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.postgres.PostgresSettings;
import dev.hippo.capture.postgres.PostgresSource;
import dev.hippo.capture.postgres.TextRows;
import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/** PostgreSQL, with the slot and the publication of our own reader: of the two either may read on where the other has stopped. */
final class PostgresDatabase implements Database {
    static final String CONNECTOR = "io.debezium.connector.postgresql.PostgresConnector";

    private final PostgresSettings settings;
    private final PostgresSource own;
    private final PostgresTextValues values;
    private final TextRows rows;

    /**
     * One that a connector is to read.
     *
     * @param leftOut what the connector is to tell instead of a value that did not change
     */
    PostgresDatabase(PostgresSettings settings, PostgresSource own, Contracts contracts, String leftOut) {
        this.settings = settings;
        this.own = own;
        this.values = new PostgresTextValues(leftOut);
        this.rows = new TextRows(settings, contracts);
    }

    @Override
    public String connector() {
        return CONNECTOR;
    }

    @Override
    public Map<String, String> properties(List<SourceTable> tables) {
        Properties url = Objects.requireNonNullElseGet(Driver.parseURL(settings.url(), null), Properties::new);
        Map<String, String> properties = new LinkedHashMap<>();
        url.stringPropertyNames().forEach(name -> {
            if (!name.startsWith("PG")) {
                properties.put("driver." + name, url.getProperty(name));
            }
        });
        if (url.containsKey("sslmode")) {
            properties.put("database.sslmode", url.getProperty("sslmode"));
        }
        properties.put("database.hostname", url.getProperty("PGHOST", "localhost"));
        properties.put("database.port", url.getProperty("PGPORT", "5432"));
        properties.put("database.dbname", url.getProperty("PGDBNAME", settings.user()));
        properties.put("database.user", settings.user());
        properties.put("database.password", settings.password());
        properties.put("plugin.name", "pgoutput");
        properties.put("slot.name", settings.slot());
        properties.put("slot.drop.on.stop", "false");
        properties.put("slot.max.retries", "0");
        properties.put("publication.name", settings.publication());
        properties.put("publication.autocreate.mode", "disabled");
        properties.put("table.include.list", Database.includeList(tables));
        properties.put("interval.handling.mode", "string");
        return properties;
    }

    @Override
    public void prepare(Position from) throws SourceFailure {
        own.prepare(from);
    }

    @Override
    public boolean snapshotsByConnector() {
        return false;
    }

    @Override
    public Optional<String> loss(Column column) {
        return PostgresTextValues.loss(column);
    }

    /** The end of a transaction, from which the server itself knows what comes behind: with more, Debezium would look for the place, and pass over what is written in between. */
    @Override
    public Map<String, Object> offset(Position from) {
        return Map.of("lsn", PostgresSource.lsn(from));
    }

    @Override
    public Position position(Map<String, ?> offset, boolean whole, Position before) {
        return offset.get("lsn") instanceof Number lsn ? own.at(lsn.longValue()) : before;
    }

    @Override
    public Map<String, Object> forget(Position upTo) {
        return Map.of("lsn_commit", PostgresSource.lsn(upTo));
    }

    /** The server keeps its log until it is told that all is stored, and Debezium hears nothing of what others write. */
    @Override
    public void idle(Position told) throws SourceFailure {
        rows.mark(PostgresSource.lsn(told));
    }

    /** Debezium adds a place behind a colon. */
    @Override
    public String transaction(String id) {
        int colon = id.indexOf(':');
        return colon < 0 ? id : id.substring(0, colon);
    }

    @Override
    public TableRows rows(Struct source, @Nullable Schema key, Schema row) throws SourceFailure {
        List<String> names = row.fields().stream().map(Field::name).toList();
        return new Rows(rows.version(source.getString("schema"), source.getString("table"), names));
    }

    @Override
    public void close() {
        rows.close();
    }

    private final class Rows implements TableRows {
        private final TextRows.Version version;

        Rows(TextRows.Version version) {
            this.version = version;
        }

        private List<byte @Nullable []> texts(Struct row) {
            List<Column> columns = version.columns();
            List<Field> fields = row.schema().fields();
            List<byte @Nullable []> texts = new ArrayList<>(columns.size());
            for (int i = 0; i < columns.size(); i++) {
                texts.add(values.text(
                        columns.get(i),
                        row.getWithoutDefault(fields.get(version.place(i)).name())));
            }
            return texts;
        }

        @Override
        public void insert(Struct after, ChangeListener to) throws SourceFailure, InterruptedException {
            version.insert(texts(after), to);
        }

        @Override
        public void update(@Nullable Struct before, Struct after, ChangeListener to)
                throws SourceFailure, InterruptedException {
            version.update(before == null ? null : texts(before), texts(after), to);
        }

        @Override
        public void delete(Struct before, ChangeListener to) throws SourceFailure, InterruptedException {
            version.delete(texts(before), to);
        }

        @Override
        public void truncate(ChangeListener to) throws InterruptedException {
            version.truncate(to);
        }
    }
}
