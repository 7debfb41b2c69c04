// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import java.util.stream.Collectors;

/** Delta's types as DuckDB writes them. */
final class SqlTypes {
    private SqlTypes() {}

    static String of(DataType type) {
        if (type instanceof StructType struct) {
            return struct.fields().stream()
                    .map(field -> quoted(field.getName()) + " " + of(field.getDataType()))
                    .collect(Collectors.joining(", ", "STRUCT(", ")"));
        }
        if (type instanceof ArrayType array) {
            return of(array.getElementType()) + "[]";
        }
        if (type instanceof MapType map) {
            return "MAP(" + of(map.getKeyType()) + ", " + of(map.getValueType()) + ")";
        }
        if (type instanceof DecimalType decimal) {
            return "DECIMAL(" + decimal.getPrecision() + ", " + decimal.getScale() + ")";
        }
        if (type instanceof LongType) {
            return "BIGINT";
        }
        if (type instanceof IntegerType) {
            return "INTEGER";
        }
        if (type instanceof ShortType) {
            return "SMALLINT";
        }
        if (type instanceof ByteType) {
            return "TINYINT";
        }
        if (type instanceof DoubleType) {
            return "DOUBLE";
        }
        if (type instanceof FloatType) {
            return "FLOAT";
        }
        if (type instanceof BooleanType) {
            return "BOOLEAN";
        }
        if (type instanceof BinaryType) {
            return "BLOB";
        }
        if (type instanceof DateType) {
            return "DATE";
        }
        if (type instanceof TimestampType) {
            return "TIMESTAMP WITH TIME ZONE";
        }
        if (type instanceof TimestampNTZType) {
            return "TIMESTAMP";
        }
        return "VARCHAR";
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
