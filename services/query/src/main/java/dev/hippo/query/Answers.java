// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes a query's rows in the form that the client asked for. */
enum Answers {
    JSON("application/json"),
    NDJSON("application/x-ndjson"),
    CSV("text/csv"),
    ARROW("application/vnd.apache.arrow.stream"),
    PARQUET("application/vnd.apache.parquet");

    private final String contentType;

    Answers(String contentType) {
        this.contentType = contentType;
    }

    /**
     * How an answer came out.
     *
     * @param truncated whether the query had more rows than an answer may have
     */
    record Outcome(long rows, boolean truncated) {
        /** Tells about the answer: its size, the tables' versions, how much of the topics was read. */
        void write(Sandbox sandbox, JsonGenerator json) throws IOException {
            json.writeNumberField("rowCount", rows);
            json.writeBooleanField("truncated", truncated);
            json.writeObjectFieldStart("tables");
            for (Map.Entry<String, Long> version : sandbox.versions().entrySet()) {
                json.writeNumberField(version.getKey(), version.getValue());
            }
            json.writeEndObject();
            json.writeObjectFieldStart("topics");
            for (Map.Entry<String, TopicRows.Stretch> topic : sandbox.topics().entrySet()) {
                json.writeObjectFieldStart(topic.getKey());
                json.writeNumberField("records", topic.getValue().records());
                json.writeNumberField("unreadable", topic.getValue().unreadable());
                json.writeEndObject();
            }
            json.writeEndObject();
        }

        /** The same on one line, for forms that have no room for it. */
        String line(Sandbox sandbox) throws IOException {
            StringWriter line = new StringWriter();
            try (JsonGenerator json = new JsonFactory().createGenerator(line)) {
                json.writeStartObject();
                write(sandbox, json);
                json.writeEndObject();
            }
            return line.toString();
        }
    }

    String contentType() {
        return contentType;
    }

    /**
     * The form for an {@code Accept} header: of those it names the one with the highest {@code q}, the first of equals; JSON for none and for anything.
     *
     * @throws QueryFailure if it names only others
     */
    static Answers accepted(@Nullable String accept) throws QueryFailure {
        if (accept == null || accept.isBlank()) {
            return JSON;
        }
        Answers best = null;
        double most = 0;
        for (String range : accept.split(",", -1)) {
            String[] parts = range.strip().toLowerCase(Locale.ROOT).split("\\s*;\\s*", -1);
            double weight = weight(parts);
            Answers form = of(parts[0]);
            if (form != null && weight > most) {
                best = form;
                most = weight;
            }
        }
        if (best == null) {
            throw new QueryFailure(
                    406,
                    "there is no answer as '" + accept + "'; there is "
                            + Arrays.stream(values()).map(Answers::contentType).collect(Collectors.joining(", ")));
        }
        return best;
    }

    private static double weight(String[] parts) {
        for (String parameter : parts) {
            if (parameter.startsWith("q=")) {
                try {
                    return Double.parseDouble(parameter.substring(2));
                } catch (NumberFormatException e) {
                    return 0;
                }
            }
        }
        return 1;
    }

    private static @Nullable Answers of(String range) {
        for (Answers form : values()) {
            if (form.contentType.equals(range)) {
                return form;
            }
        }
        return range.equals("*/*") || range.equals("application/*") ? JSON : range.equals("text/*") ? CSV : null;
    }

    /**
     * Runs the query and writes its rows.
     *
     * @param most rows at most; more are cut off
     */
    Outcome write(Statement statement, String sql, Sandbox sandbox, long most, long begunNanos, OutputStream out)
            throws SQLException, IOException {
        try {
            Outcome outcome = outcome(statement, sql, sandbox, most, begunNanos, out);
            if (outcome != null) {
                return outcome;
            }
        } catch (SQLException | IOException e) {
            if (!StreamedRows.brokeOff(e)) {
                throw e;
            }
        }
        throw StreamedRows.failure(statement, sql, most);
    }

    /** Null if the rows broke off. */
    private @Nullable Outcome outcome(
            Statement statement, String sql, Sandbox sandbox, long most, long begunNanos, OutputStream out)
            throws SQLException, IOException {
        if (this == PARQUET) {
            // a fault in the statement shows here, with its place
            statement.getConnection().prepareStatement(sql).close();
            return ColumnAnswers.parquet(statement, sql, sandbox.scratch(), most, out);
        }
        try (ResultSet rows = statement.executeQuery(sql)) {
            Outcome outcome = switch (this) {
                case JSON -> TextAnswers.json(rows, sandbox, most, begunNanos, out);
                case NDJSON -> TextAnswers.ndjson(rows, most, out);
                case CSV -> TextAnswers.csv(rows, most, out);
                case ARROW -> ColumnAnswers.arrow(rows, most, out);
                case PARQUET -> throw new IllegalStateException("written above");
            };
            return this == ARROW || outcome.truncated() || StreamedRows.ended(rows) ? outcome : null;
        }
    }
}
