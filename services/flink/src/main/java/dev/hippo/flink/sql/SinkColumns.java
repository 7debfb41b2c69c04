// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.sql;

import static org.apache.flink.table.api.Expressions.$;
import static org.apache.flink.table.api.Expressions.lit;

import dev.hippo.pipeline.Finding;
import dev.hippo.pipeline.Finding.Severity;
import dev.hippo.pipeline.Suggestion;
import dev.hippo.pipeline.TopicSpec;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.expressions.Expression;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.utils.LogicalTypeCasts;

/** Lays the columns of a query beside the fields of a topic's contract, by name. */
final class SinkColumns {
    private final TopicSpec topic;
    private final ResolvedSchema fields;
    private final List<Finding> findings;

    SinkColumns(TopicSpec topic, ResolvedSchema fields, List<Finding> findings) {
        this.topic = topic;
        this.fields = fields;
        this.findings = findings;
    }

    /** The query with the contract's fields in their order, those that it does not give as NULL. What does not fit is added to the findings. */
    Table fit(SqlFile.Statement statement, Table query) {
        List<String> given = query.getResolvedSchema().getColumnNames();
        List<String> wanted = fields.getColumnNames();
        for (String column : given) {
            if (!wanted.contains(column)) {
                String hint = column.startsWith("EXPR$") ? "name it with AS" : Suggestion.hint(column, wanted);
                findings.add(statement
                        .of(column)
                        .finding(
                                Severity.ERROR,
                                "column '" + column + "' is no field of " + topic.contract()
                                        + ", the contract of topic '" + topic.name() + "'",
                                hint));
            }
        }
        List<Expression> select = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            int at = given.indexOf(wanted.get(i));
            DataType to = fields.getColumnDataTypes().get(i);
            select.add(
                    at < 0
                            ? missing(statement, wanted.get(i), to)
                            : given(
                                    statement,
                                    wanted.get(i),
                                    query.getResolvedSchema()
                                            .getColumnDataTypes()
                                            .get(at)
                                            .getLogicalType(),
                                    to));
        }
        return query.select(select.toArray(Expression[]::new));
    }

    private Expression missing(SqlFile.Statement statement, String field, DataType to) {
        boolean isKey = topic.key().contains(field);
        boolean needed =
                isKey || (topic.time() != null && field.equals(topic.time().field()));
        String keyed = topic.key().size() == 1 ? "the key" : "part of the key";
        String what = isKey ? keyed : needed ? "the event time" : "a field";
        findings.add(statement
                .start()
                .finding(
                        needed ? Severity.ERROR : Severity.WARNING,
                        "the query gives no '" + field + "', " + what + " of topic '" + topic.name() + "' ("
                                + topic.contract() + ")" + (needed ? "" : "; it stays empty"),
                        needed ? "add it to the SELECT" : ""));
        return lit(null, to.nullable()).as(field);
    }

    private Expression given(SqlFile.Statement statement, String field, LogicalType from, DataType to) {
        LogicalType type = to.getLogicalType();
        if (!LogicalTypeCasts.supportsImplicitCast(from, type.copy(true))) {
            findings.add(statement
                    .of(field)
                    .finding(
                            Severity.ERROR,
                            "column '" + field + "' is " + from.copy(true).asSummaryString() + ", and field '" + field
                                    + "' of " + topic.contract() + " is "
                                    + type.copy(true).asSummaryString(),
                            "CAST(... AS " + type.copy(true).asSerializableString() + ") AS " + field));
            return $(field);
        }
        return LogicalTypeCasts.supportsAvoidingCast(from, type)
                ? $(field)
                : $(field).cast(to.nullable()).as(field);
    }
}
