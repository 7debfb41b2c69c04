// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Knows what a table was at a place of the log. Where the log tells names and character sets of columns ({@code binlog_row_metadata=FULL}), it is believed, and the catalog only says
 * what a log has no words for, such as a UUID. Else the catalog as of now has the names; it is asked again behind each change of a table, must fit the types in the log, and is not
 * believed for rows from before the last change of the table. Not thread-safe: the reader of the log owns it.
 */
final class Layouts {
    private static final int MOST_KNOWN = 10_000;
    private static final String FULL = "SET GLOBAL binlog_row_metadata = 'FULL' makes the log tell it from now on, and"
            + " for what is passed take a new snapshot";

    /**
     * A table as the catalog had it.
     *
     * @param at where the log ended then
     * @param doubtfulUntil by the log's clock in seconds; rows from before may have had other columns
     */
    private record Entry(TableDefinition definition, LogPlace at, long doubtfulUntil) {}

    private record Known(byte[] description, @Nullable Layout layout) {}

    private final MariaDbSettings settings;
    private final TablePatterns patterns;
    private final Contracts contracts;
    private final Map<Long, Known> known = new HashMap<>();
    private final Map<String, Layout> last = new HashMap<>();
    private final Map<String, Entry> catalog = new HashMap<>();
    private final Map<Integer, String> charsets;
    private final LogPlace begun;
    private final Digits digits = new Digits();

    Layouts(Server server, TablePatterns patterns, Contracts contracts) throws SourceFailure {
        this.settings = server.settings();
        this.patterns = patterns;
        this.contracts = contracts;
        Catalog now = new Catalog(server);
        this.charsets = now.charsets();
        List<TableDefinition> tables = now.tables(patterns);
        this.begun = server.end().place();
        for (TableDefinition table : tables) {
            catalog.put(name(table), new Entry(table, begun, table.createdAt()));
        }
    }

    private static String name(TableDefinition table) {
        return table.schema() + "." + table.name();
    }

    boolean match(String schema, String table) {
        return patterns.match(schema, table);
    }

    /** Names of all tables of a schema that are known. */
    List<String> tables(String schema) {
        return catalog.values().stream()
                .map(Entry::definition)
                .filter(table -> table.schema().equals(schema))
                .map(TableDefinition::name)
                .toList();
    }

    /** The table as its last rows, or the catalog, have it; null if there is none. */
    @Nullable
    SourceTable table(String schema, String table) {
        String name = schema + "." + table;
        Layout layout = last.get(name);
        if (layout != null) {
            return layout.table();
        }
        Entry entry = catalog.get(name);
        return entry == null ? null : entry.definition().table();
    }

    /**
     * A table was changed at a place of the log.
     *
     * @param second when, by the log's clock
     */
    void changed(String schema, String table, LogPlace at, long second) throws SourceFailure {
        known.clear();
        String name = schema + "." + table;
        last.remove(name);
        Entry entry = catalog.get(name);
        if (at.compareTo(entry == null ? begun : entry.at()) > 0) {
            entry = reload(name);
        }
        if (entry != null) {
            // a later change than this one leaves the columns between the two unknown
            long createdAt = entry.definition().createdAt();
            boolean latest = createdAt <= second + 1;
            catalog.put(name, new Entry(entry.definition(), entry.at(), latest ? 0 : createdAt));
        }
    }

    /** Only that table: the log may not have come yet to a change of another. */
    private @Nullable Entry reload(String name) throws SourceFailure {
        catalog.remove(name);
        try (Server server = Server.connect(settings)) {
            List<TableDefinition> tables = new Catalog(server).tables(patterns);
            LogPlace at = server.end().place();
            for (TableDefinition table : tables) {
                if (name(table).equals(name)) {
                    catalog.put(name, new Entry(table, at, table.createdAt()));
                }
            }
        }
        return catalog.get(name);
    }

    /**
     * The layout of the table that a description in the log names; null if it is not asked for.
     *
     * @param second when the rows were written, by the log's clock
     */
    @Nullable
    Layout of(byte[] description, int end, LogPlace at, long second) throws SourceFailure {
        Long id = TableMap.tableId(description);
        Known before = known.get(id);
        if (before != null
                && Arrays.equals(before.description(), 0, before.description().length, description, 0, end)) {
            return before.layout();
        }
        TableMap map = TableMap.of(description, end);
        Layout layout = patterns.match(map.schema(), map.table()) ? layout(map, at, second) : null;
        if (known.size() > MOST_KNOWN) {
            known.clear();
        }
        known.put(id, new Known(Arrays.copyOf(description, end), layout));
        return layout;
    }

    private Layout layout(TableMap map, LogPlace at, long second) throws SourceFailure {
        String name = map.schema() + "." + map.table();
        Entry entry = catalog.get(name);
        TableDefinition definition = entry == null ? null : entry.definition();
        List<ColumnDefinition> columns =
                map.names().isEmpty() ? fromCatalog(map, name, entry, at, second) : fromLog(map, name, definition);
        List<ColumnFormat> formats = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            Optional<ColumnFormat> format = ColumnFormat.of(columns.get(i), map.types()[i], map.notes()[i], digits);
            if (format.isEmpty()) {
                throw unlike(
                        name,
                        "column '" + columns.get(i).name() + "' is "
                                + columns.get(i).declared() + " now and of type " + map.types()[i] + "/"
                                + map.notes()[i] + " in the log");
            }
            formats.add(format.get());
        }
        SourceTable table = new SourceTable(
                map.schema(),
                map.table(),
                columns.stream().map(ColumnDefinition::column).toList(),
                key(map, definition, columns));
        Layout layout = new Layout(table, formats, contracts.mapping(table));
        last.put(name, layout);
        return layout;
    }

    private List<ColumnDefinition> fromCatalog(
            TableMap map, String name, @Nullable Entry entry, LogPlace at, long second) throws SourceFailure {
        if (entry == null) {
            throw unlike(name, "it is not there any more");
        }
        List<ColumnDefinition> columns = entry.definition().columns();
        if (columns.size() != map.columns()) {
            throw unlike(name, "it has " + columns.size() + " columns now and " + map.columns() + " in the log");
        }
        if (at.compareTo(entry.at()) < 0 && second < entry.doubtfulUntil()) {
            throw unlike(name, "its columns were changed since");
        }
        return columns;
    }

    private static SourceFailure unlike(String table, String why) {
        return new SourceFailure(
                Kind.SETTING,
                "rows of " + table
                        + " in the log cannot be told, for the log does not tell the names of their columns: " + why
                        + "; " + FULL);
    }

    /** The catalog's words where they fit the log, else the log's own. */
    private List<ColumnDefinition> fromLog(TableMap map, String name, @Nullable TableDefinition definition)
            throws SourceFailure {
        List<ColumnDefinition> columns = new ArrayList<>();
        int texts = 0;
        for (int i = 0; i < map.columns(); i++) {
            ColumnDefinition now =
                    definition == null ? null : definition.column(map.names().get(i));
            String charset = "binary";
            if (isText(map, i, now)) {
                charset = charset(map, texts++);
            }
            ColumnDefinition told = fits(map, i, now, charset) ? now : ColumnTypes.ofLog(map, i, charset);
            if (told == null) {
                throw new SourceFailure(
                        Kind.SETTING,
                        "column '" + map.names().get(i) + "' of " + name + " has type " + map.types()[i]
                                + " in the log, which no contract can tell; leave the table out");
            }
            columns.add(told);
        }
        return columns;
    }

    /** Whether the log counts a column among those with a character set; types of MariaDB's own lie there as text and are none. */
    private static boolean isText(TableMap map, int at, @Nullable ColumnDefinition now) {
        boolean own = now != null
                && (now.dataType().equals("uuid")
                        || now.dataType().startsWith("inet")
                        || now.dataType().equals("vector"));
        return switch (map.types()[at]) {
            case WireType.STRING, WireType.VARCHAR, WireType.VAR_STRING, WireType.BLOB -> !own;
            default -> false;
        };
    }

    private String charset(TableMap map, int text) {
        int collation = text < map.collations().size()
                ? map.collations().get(text)
                : map.collationOf().getOrDefault(text, map.defaultCollation());
        return charsets.getOrDefault(collation, "binary");
    }

    private boolean fits(TableMap map, int at, @Nullable ColumnDefinition now, String charset) {
        if (now == null
                || ColumnFormat.of(now, map.types()[at], map.notes()[at], digits)
                        .isEmpty()) {
            return false;
        }
        boolean[] signs = map.unsigned();
        boolean sameSign = signs == null
                || !WireType.isNumber(map.types()[at])
                || map.types()[at] == WireType.YEAR
                || signs[at] == now.unsigned();
        boolean sameText = now.charset() == null || now.charset().equals(charset);
        boolean sameLabels = map.labels().getOrDefault(at, now.labels()).equals(now.labels());
        return sameSign && sameText && sameLabels && map.nullable()[at] == now.nullable();
    }

    /** The catalog's choice as far as the log has its columns; else the log's primary key. */
    private static List<String> key(
            TableMap map, @Nullable TableDefinition definition, List<ColumnDefinition> columns) {
        if (!map.key().isEmpty()) {
            return map.key().stream().map(at -> columns.get(at).name()).toList();
        }
        List<String> names = columns.stream().map(ColumnDefinition::name).toList();
        return definition != null && names.containsAll(definition.key()) ? definition.key() : List.of();
    }
}
