// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.contracts.Contract;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.pipeline.HippoSettings.Destination;
import dev.hippo.pipeline.TopicSpec;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the tables of a hippo in order before the first row: makes what is not there, and tells of all that does not fit at once. Used once. */
final class TableSetup {
    private static final Logger log = LoggerFactory.getLogger(TableSetup.class);

    private final HippoContext context;
    private final Dialect dialect;
    private final Connection connection;
    private final List<String> problems = new ArrayList<>();

    TableSetup(HippoContext context, Dialect dialect, Connection connection) {
        this.context = context;
        this.dialect = dialect;
        this.connection = connection;
    }

    /**
     * The tables by the names of the topics, or of the source's tables, whose rows they take.
     *
     * @throws HippoFailure with all that does not fit; nothing is made or written then
     */
    Map<String, TopicTable> run() throws SQLException, HippoFailure {
        Map<String, TopicTable> ready = prepare(false);
        tell();
        if (ready.size() < tables().size()) {
            ready = prepare(true);
            tell();
        }
        connection.commit();
        return ready;
    }

    /**
     * Those of the tables that are there, for somebody who only looks.
     *
     * @throws HippoFailure with all that does not fit
     */
    Map<String, TopicTable> look() throws SQLException, HippoFailure {
        Map<String, TopicTable> ready = prepare(false);
        tell();
        connection.commit();
        return ready;
    }

    private Destination destination() {
        return context.hippo().settings(Destination.class);
    }

    /** Full name of the table by the name under which its rows come. */
    private Map<String, String> tables() {
        return destination().whole() ? destination().copies() : destination().tables();
    }

    /** The topic of the latest rows of what comes under a name: it has the contract and the key. */
    private TopicSpec topic(String name) {
        if (!destination().whole()) {
            return context.pipeline().topic(name);
        }
        String changes = context.hippo().subscribe().get(0);
        Map<String, String> latest = context.pipeline().changedTables(changes).orElseThrow();
        return context.pipeline().topic(Objects.requireNonNull(latest.get(name)));
    }

    private void tell() throws HippoFailure, SQLException {
        if (!problems.isEmpty()) {
            connection.rollback();
            throw new HippoFailure(String.join("\n", problems));
        }
    }

    private Map<String, TopicTable> prepare(boolean make) throws SQLException {
        Map<String, TopicTable> ready = new LinkedHashMap<>();
        for (Map.Entry<String, String> entry : tables().entrySet()) {
            TopicSpec topic = topic(entry.getKey());
            TableName table = TableName.of(entry.getValue());
            Optional<Contract> contract = context.contracts().contract(topic.contract());
            List<String> key = topic.key();
            Optional<String> inside =
                    key.stream().filter(field -> field.indexOf('.') >= 0).findFirst();
            if (contract.isEmpty() || key.isEmpty() || !topic.changelog()) {
                problems.add("topic '" + topic.name() + "' has to be a changelog with a key and a contract");
            } else if (inside.isPresent()) {
                problems.add(
                        "the key of topic '" + topic.name() + "' is " + inside.get()
                                + ", inside of another field, and a table's key is a column; take a field of the message itself");
            } else {
                List<RowField> fields = fields(contract.get());
                Optional<RowDecoder> decoder = decoder(fields);
                Optional<TargetTable> target = target(table, contract.get(), key, fields, make);
                if (target.isPresent() && decoder.isPresent()) {
                    ready.put(
                            entry.getKey(),
                            new TopicTable(target.get(), contract.get().key(key), decoder.get()));
                }
            }
        }
        return ready;
    }

    private List<RowField> fields(Contract contract) {
        List<RowField> fields = new ArrayList<>();
        contract.descriptor().getFields().forEach(field -> {
            try {
                fields.add(RowField.of(field));
            } catch (IllegalArgumentException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        });
        return fields;
    }

    private Optional<RowDecoder> decoder(List<RowField> fields) {
        try {
            return Optional.of(new RowDecoder(fields, context.contracts()));
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<TargetTable> target(
            TableName table, Contract contract, List<String> key, List<RowField> fields, boolean make)
            throws SQLException {
        Optional<TableShape> shape = dialect.shape(connection, table);
        if (shape.isEmpty() && make) {
            make(table, key, fields);
            shape = dialect.shape(connection, table);
        }
        if (shape.isPresent()) {
            problems.addAll(TableCheck.problems(dialect, table, contract.name(), key, fields, shape.get()));
            return problems.isEmpty() ? Optional.of(fit(table, key, fields, shape.get())) : Optional.empty();
        }
        if (!dialect.hasSchema(connection, table.schema())) {
            problems.add("there is no schema " + table.schema() + " for table " + table + "; CREATE SCHEMA "
                    + dialect.quoted(table.schema()) + ", or correct the name");
        }
        return Optional.empty();
    }

    private static TargetTable fit(TableName table, List<String> key, List<RowField> fields, TableShape shape) {
        List<TableShape.Column> columns = fields.stream()
                .map(field -> shape.column(field.name()).orElseThrow())
                .toList();
        List<String> names = fields.stream().map(RowField::name).toList();
        return new TargetTable(
                table, fields, columns, key.stream().map(names::indexOf).toList());
    }

    private void make(TableName table, List<String> key, List<RowField> fields) throws SQLException {
        String sql = create(dialect, table, key, fields);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        log.info("Made table={}", table);
    }

    static String create(Dialect dialect, TableName table, List<String> key, List<RowField> fields) {
        List<String> parts = new ArrayList<>();
        for (RowField field : fields) {
            int inKeyOf = key.contains(field.name()) ? key.size() : 0;
            parts.add(dialect.quoted(field.name()) + " " + dialect.type(field, inKeyOf)
                    + (inKeyOf > 0 || !field.nullable() ? " not null" : ""));
        }
        parts.add("primary key (" + key.stream().map(dialect::quoted).collect(Collectors.joining(", ")) + ")");
        return "create table if not exists " + dialect.quoted(table) + " (" + String.join(", ", parts) + ")"
                + dialect.tableOptions();
    }
}
