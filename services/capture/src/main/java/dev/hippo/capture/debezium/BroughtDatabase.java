// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.encode.ContractMapping;
import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.RowChange.Op;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** A database of which nothing is known but what a connector tells of it: its tables by the forms of its rows, its places by words. */
final class BroughtDatabase implements Database {
    /** As PostgreSQL's connector has them: a transaction, and a place in the log. */
    private static final Pattern WITH_PLACE = Pattern.compile("(\\d+):\\d+");

    private static final Set<String> MOMENTS_BY_ZONE =
            Set.of("io.debezium.connector.mariadb.MariaDbConnector", "io.debezium.connector.mysql.MySqlConnector");

    private final BroughtSettings settings;
    private final Contracts contracts;
    private final UnchangedValue unchanged;
    private final IdentityHashMap<Schema, TableRows> rows = new IdentityHashMap<>();
    /** The database in which each table is: a connector may read several, with tables of the same name. */
    private final Map<String, String> homes = new HashMap<>();

    BroughtDatabase(BroughtSettings settings, Contracts contracts, UnchangedValue unchanged) {
        this.settings = settings;
        this.contracts = contracts;
        this.unchanged = unchanged;
    }

    @Override
    public String connector() {
        return settings.connector();
    }

    @Override
    public Map<String, String> properties(List<SourceTable> tables) {
        return Map.of("table.include.list", Database.includeList(tables));
    }

    /** Only the connector can ask it anything. */
    @Override
    public void prepare(Position from) {}

    @Override
    public boolean snapshotsByConnector() {
        return true;
    }

    /** Values that no contract takes are found by their form. */
    @Override
    public Optional<String> loss(Column column) {
        return Optional.empty();
    }

    @Override
    public Map<String, Object> offset(Position from) throws SourceFailure {
        CountedOffset stored;
        try {
            stored = CountedOffset.of(from);
        } catch (IllegalArgumentException e) {
            throw SourceFailure.ofAnotherReader(from, e);
        }
        if (!stored.connector().equals(connector())) {
            throw new SourceFailure(
                    Kind.GONE,
                    "this hippo has read its source by connector " + stored.connector() + " until now, and "
                            + connector()
                            + " cannot go on from its place; give the hippo another name, and it begins with all rows, or have it read as before");
        }
        return stored.offset();
    }

    @Override
    public Position position(Map<String, ?> offset, boolean whole, Position before) {
        CountedOffset last = before.log().length == 0 ? CountedOffset.none(connector()) : CountedOffset.of(before);
        return last.next(offset).position();
    }

    @Override
    public Map<String, Object> forget(Position upTo) {
        return CountedOffset.of(upTo).offset();
    }

    @Override
    public String transaction(String id) {
        var withPlace = WITH_PLACE.matcher(id);
        return withPlace.matches() ? withPlace.group(1) : id;
    }

    @Override
    public String advice() {
        return "If it says that its log does not reach back to where it was, or that a slot is gone, give the hippo another name: it begins with all rows."
                + " What it says of its version, and the documentation of Debezium, may say more";
    }

    @Override
    public TableRows rows(Struct source, @Nullable Schema key, Schema row) throws SourceFailure {
        TableRows known = rows.get(row);
        if (known == null) {
            known = described(table(source), key, row);
            rows.put(row, known);
        }
        return known;
    }

    /** Tells that a table was emptied, which a connector does without a key and without rows. */
    void emptied(Struct source, ChangeListener to) throws SourceFailure, InterruptedException {
        SourceTable table = named(table(source), List.of(), List.of());
        to.change(new RowChange(Op.TRUNCATE, table, null, null, null, List.of()));
    }

    /** The table of the pipeline file that is meant. */
    private String table(Struct source) throws SourceFailure {
        String database = Database.text(source, "db");
        String schema = Database.text(source, "schema");
        String table = Database.text(source, "table");
        List<String> names = Stream.of(
                        List.of(text(schema), text(table)),
                        List.of(text(database), text(table)),
                        List.of(text(database), text(schema), text(table)))
                .map(parts -> String.join(".", parts))
                .toList();
        String meant = names.stream()
                .filter(settings.tables()::contains)
                .findFirst()
                .orElseThrow(() -> new SourceFailure(
                        Kind.SETTING,
                        "connector " + connector() + " tells a table "
                                + names.stream()
                                        .filter(name -> !name.startsWith(".") && !name.contains(".."))
                                        .collect(Collectors.joining(" or "))
                                + ", which is none of 'tables' (" + String.join(", ", settings.tables())
                                + "); write its name as the connector does"));
        String before = homes.putIfAbsent(meant, text(database));
        if (before != null && !before.equals(text(database))) {
            throw new SourceFailure(
                    Kind.SETTING,
                    "table " + meant + " is in databases " + before + " and " + database
                            + "; make a hippo for each database");
        }
        return meant;
    }

    private static String text(@Nullable String part) {
        return part == null ? "" : part;
    }

    private TableRows described(String name, @Nullable Schema key, Schema row) throws SourceFailure {
        if (row.type() != Schema.Type.STRUCT) {
            throw new SourceFailure(
                    Kind.SETTING,
                    "connector " + connector() + " tells " + name + " as " + row.type()
                            + ", and not as rows with columns; this version reads tables only");
        }
        List<Column> plain = new ArrayList<>();
        List<Column> forPeople = new ArrayList<>();
        List<Field> fields = new ArrayList<>();
        List<Field> untellable = new ArrayList<>();
        for (Field field : row.fields()) {
            Column column = ConnectTypes.columnOrList(field.name(), field.schema());
            if (column == null) {
                untellable.add(field);
            } else {
                plain.add(column);
                forPeople.add(new Column(
                        column.name(),
                        column.type(),
                        column.list(),
                        column.nullable(),
                        ConnectTypes.declared(field.schema())));
                fields.add(field);
            }
        }
        List<String> keys = key == null || key.type() != Schema.Type.STRUCT
                ? List.of()
                : key.fields().stream().map(Field::name).toList();
        SourceTable table = named(name, forPeople, keys);
        ContractMapping mapping = mapping(table, untellable);
        checkMoments(table, mapping);
        return ConnectRows.of(named(name, plain, keys), fields, mapping, unchanged);
    }

    /** Of the connectors of which it is known that they read first rows so. */
    private void checkMoments(SourceTable table, ContractMapping mapping) throws SourceFailure {
        for (int i = 0; i < table.columns().size() && MOMENTS_BY_ZONE.contains(connector()); i++) {
            Column column = table.columns().get(i);
            Optional<String> loss = Database.momentLoss(column);
            Optional<String> field = mapping.told(i);
            if (loss.isPresent() && field.isPresent()) {
                throw new SourceFailure(
                        Kind.SETTING,
                        "column '" + column.name() + "' of " + table.fullName() + " is " + column.declared() + ": "
                                + loss.get() + "; or take field '" + field.get() + "' out of the contract");
            }
        }
    }

    private ContractMapping mapping(SourceTable table, List<Field> untellable) throws SourceFailure {
        try {
            return contracts.mapping(table);
        } catch (SourceFailure e) {
            String told = String.valueOf(e.getMessage());
            String reasons = untellable.stream()
                    .filter(field -> told.contains("'" + field.name() + "'"))
                    .map(field -> "; column '" + field.name() + "' of " + table.fullName() + " is "
                            + ConnectTypes.declared(field.schema()) + ", which no contract can tell: take field '"
                            + field.name() + "' out of it")
                    .collect(Collectors.joining());
            throw new SourceFailure(e.kind(), told + reasons, e);
        }
    }

    /** A table of that full name. */
    static SourceTable named(String name, List<Column> columns, List<String> key) {
        int dot = name.lastIndexOf('.');
        return new SourceTable(name.substring(0, dot), name.substring(dot + 1), columns, key);
    }

    @Override
    public void close() {}
}
