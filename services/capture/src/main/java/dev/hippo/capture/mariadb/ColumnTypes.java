// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import dev.hippo.capture.source.ColumnType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the server's types are told. {@code tinyint(1)} is a number, for nothing keeps other numbers than 0 and 1 out of it; {@code bit(1)} is a bool. Every unsigned number stays one.
 */
final class ColumnTypes {
    private ColumnTypes() {}

    /** The type by which values are told; null if there is none for it. */
    static @Nullable ColumnType of(String dataType, boolean unsigned, int size) {
        return switch (dataType) {
            case "tinyint", "smallint", "mediumint", "int" -> unsigned ? ColumnType.UINT32 : ColumnType.INT32;
            case "bigint" -> unsigned ? ColumnType.UINT64 : ColumnType.INT64;
            case "year" -> ColumnType.INT32;
            case "float" -> ColumnType.FLOAT;
            case "double" -> ColumnType.DOUBLE;
            case "decimal" -> ColumnType.DECIMAL;
            case "bit" -> size == 1 ? ColumnType.BOOL : ColumnType.UINT64;
            case "date" -> ColumnType.DATE;
            case "time" -> ColumnType.TIME;
            case "datetime" -> ColumnType.LOCAL_DATE_TIME;
            case "timestamp" -> ColumnType.INSTANT;
            case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "inet6", "inet4" -> ColumnType.TEXT;
            case "enum" -> ColumnType.ENUM;
            case "set" -> ColumnType.SET;
            case "json" -> ColumnType.JSON;
            case "uuid" -> ColumnType.UUID;
            case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "vector" -> ColumnType.BYTES;
            case "geometry",
                    "point",
                    "linestring",
                    "polygon",
                    "multipoint",
                    "multilinestring",
                    "multipolygon",
                    "geometrycollection",
                    "geomcollection" -> ColumnType.BYTES;
            default -> null;
        };
    }

    /** Bytes of values of a fixed length that the catalog does not tell; else what it tells. */
    static int fixedSize(String dataType, int told) {
        return switch (dataType) {
            case "uuid", "inet6" -> 16;
            case "inet4" -> 4;
            default -> told;
        };
    }

    /** The labels in {@code enum('a','it''s')}. */
    static List<String> labels(String declared) {
        List<String> labels = new ArrayList<>();
        StringBuilder label = new StringBuilder();
        boolean inside = false;
        for (int i = declared.indexOf('('); i >= 0 && i < declared.length(); i++) {
            char c = declared.charAt(i);
            char next = i + 1 < declared.length() ? declared.charAt(i + 1) : 0;
            if (!inside) {
                inside = c == '\'';
            } else if (c == '\'' && next == '\'') {
                label.append(c);
                i++;
            } else if (c == '\'') {
                labels.add(label.toString());
                label.setLength(0);
                inside = false;
            } else if (c == '\\') {
                label.append(escaped(next));
                i++;
            } else {
                label.append(c);
            }
        }
        return labels;
    }

    private static char escaped(char c) {
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case '0' -> '\0';
            default -> c;
        };
    }

    /**
     * A column that only the log knows, as far as the log tells: a UUID is bytes there, and JSON is text.
     *
     * @param charset {@code binary} for bytes
     */
    static @Nullable ColumnDefinition ofLog(TableMap map, int at, String charset) {
        int note = map.notes()[at];
        boolean[] signs = map.unsigned();
        boolean unsigned = signs != null && signs[at];
        boolean bytes = charset.equals("binary");
        List<String> labels = map.labels().getOrDefault(at, List.of());
        String type = switch (map.types()[at]) {
            case WireType.TINY -> "tinyint";
            case WireType.SHORT -> "smallint";
            case WireType.INT24 -> "mediumint";
            case WireType.LONG -> "int";
            case WireType.LONGLONG -> "bigint";
            case WireType.FLOAT -> "float";
            case WireType.DOUBLE -> "double";
            case WireType.DECIMAL -> "decimal";
            case WireType.BIT -> "bit";
            case WireType.YEAR -> "year";
            case WireType.DATE, WireType.NEWDATE -> "date";
            case WireType.TIME -> "time";
            case WireType.DATETIME -> "datetime";
            case WireType.TIMESTAMP -> "timestamp";
            case WireType.STRING -> bytes ? "binary" : "char";
            case WireType.VARCHAR, WireType.VAR_STRING -> bytes ? "varbinary" : "varchar";
            case WireType.BLOB ->
                (note == 1 ? "tiny" : note == 2 ? "" : note == 3 ? "medium" : "long") + (bytes ? "blob" : "text");
            case WireType.ENUM -> "enum";
            case WireType.SET -> "set";
            case WireType.JSON -> "json";
            case WireType.VECTOR -> "vector";
            case WireType.GEOMETRY -> "geometry";
            default -> "unknown";
        };
        int size = switch (type) {
            case "decimal" -> note & 0xFF;
            case "bit" -> (note & 0xFF) + 8 * (note >> 8);
            default -> note;
        };
        int scale = type.equals("decimal") ? note >> 8 : note;
        ColumnType told = of(type, unsigned, size);
        boolean text = told == ColumnType.TEXT;
        return told == null
                ? null
                : new ColumnDefinition(
                        map.names().get(at),
                        type,
                        unsigned ? type + " unsigned" : type,
                        told,
                        map.nullable()[at],
                        unsigned,
                        text ? charset : null,
                        labels,
                        size,
                        scale,
                        false);
    }
}
