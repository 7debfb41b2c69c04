// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import io.delta.kernel.expressions.Literal;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of a row's partition columns, as text.
 *
 * @param values in the order of the columns
 */
record PartitionKey(List<String> values) {
    PartitionKey {
        values = List.copyOf(values);
    }

    /** The values by column, as Delta's writer wants them. */
    Map<String, Literal> literals(List<PartitionSource> columns) {
        Map<String, Literal> literals = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            literals.put(
                    columns.get(i).name(), literal(values.get(i), columns.get(i).type()));
        }
        return literals;
    }

    /** The values by column, as a notice tells them. */
    Map<String, String> texts(List<PartitionSource> columns) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            texts.put(columns.get(i).name(), values.get(i));
        }
        return texts;
    }

    private static Literal literal(String text, DataType type) {
        if (type instanceof DateType) {
            return Literal.ofDate((int) LocalDate.parse(text).toEpochDay());
        }
        if (type instanceof IntegerType) {
            return Literal.ofInt(Integer.parseInt(text));
        }
        if (type instanceof LongType) {
            return Literal.ofLong(Long.parseLong(text));
        }
        if (type instanceof BooleanType) {
            return Literal.ofBoolean(Boolean.parseBoolean(text));
        }
        if (type instanceof DecimalType decimal) {
            return Literal.ofDecimal(new BigDecimal(text), decimal.getPrecision(), decimal.getScale());
        }
        return text.isEmpty() ? Literal.ofNull(StringType.STRING) : Literal.ofString(text);
    }
}
