// SPDX-License-Identifier: Apache-2.0
package dev.hippo.jdbc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.sdk.Result;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file of queries that a query service answers, one after the other. Rows that are read are counted. */
record QueryFile(String name, List<SqlStatement> statements) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PLACE = Pattern.compile("(\\d+):\\d+: ");
    /** The statement is wrong or refused, or asks for what there will not be. */
    private static final Set<Integer> HOPELESS = Set.of(400, 403, 404, 413, 501);

    QueryFile {
        statements = List.copyOf(statements);
    }

    /**
     * The queries of a file.
     *
     * @param variables what the parameters stand for
     */
    static QueryFile read(String name, String file, Map<String, String> variables) {
        return new QueryFile(
                name,
                SqlStatement.read(
                        file,
                        parameter -> "'" + variables.getOrDefault(parameter, "").replace("'", "''") + "'"));
    }

    /**
     * Asks it.
     *
     * @param log takes the rows of the file's last statement
     * @throws SqlFailure if a statement is refused or fails
     */
    void run(QueryClient service, Result result, PrintStream log) throws SqlFailure, InterruptedException {
        LastRows last = null;
        for (SqlStatement statement : statements) {
            last = service.ask(statement.text(), answer -> {
                if (answer.statusCode() != 200) {
                    throw refused(statement, answer);
                }
                return rows(statement, answer, log);
            });
            result.rowsIn(last.count());
        }
        if (last != null) {
            last.tell(result, log);
        }
        result.put("statements", statements.size());
    }

    private SqlFailure refused(SqlStatement statement, HttpResponse<InputStream> answer) throws IOException {
        byte[] body = answer.body().readAllBytes();
        String detail = new String(body, StandardCharsets.UTF_8);
        if (detail.startsWith("{")) {
            detail = JSON.readTree(body).path("detail").asText(detail);
        }
        int line = statement.line();
        Matcher place = PLACE.matcher(detail);
        if (place.lookingAt()) {
            // the service counts from where the statement begins
            line += Integer.parseInt(place.group(1)) - 1;
            detail = detail.substring(place.end());
        }
        return new SqlFailure(name + ":" + line + ": " + detail, HOPELESS.contains(answer.statusCode()));
    }

    private LastRows rows(SqlStatement statement, HttpResponse<InputStream> answer, PrintStream log)
            throws IOException {
        JsonNode told =
                JSON.readTree(answer.headers().firstValue("Hippo-Answer").orElse("{}"));
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            String first = lines.readLine();
            List<String> columns = new ArrayList<>();
            if (first != null) {
                JSON.readTree(first).fieldNames().forEachRemaining(columns::add);
            }
            LastRows rows = new LastRows(columns);
            for (String line = first; line != null; line = lines.readLine()) {
                if (rows.wantsMore()) {
                    List<Optional<Object>> cells = new ArrayList<>();
                    JSON.readTree(line).forEach(cell -> cells.add(value(cell)));
                    rows.add(cells);
                } else {
                    rows.count(1);
                }
            }
            if (told.path("truncated").asBoolean()) {
                log.println(name + ":" + statement.line() + ": the query has more than these " + rows.count()
                        + " rows; the query service cuts an answer off there, by its 'limits: {rows}'");
            }
            return rows;
        }
    }

    private static Optional<Object> value(JsonNode cell) {
        return cell.isNull()
                ? Optional.empty()
                : Optional.of(
                        cell.isIntegralNumber()
                                ? cell.bigIntegerValue()
                                : cell.isNumber()
                                        ? cell.doubleValue()
                                        : cell.isBoolean()
                                                ? cell.booleanValue()
                                                : cell.isTextual() ? cell.textValue() : cell.toString());
    }
}
