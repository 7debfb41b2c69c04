// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Objects, one after the other (as a rule one in each line), or in one array. A field that is not there, or null, has no value; numbers keep all their digits. */
final class JsonRows implements FileScan.Rows {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final JsonParser parser;
    private final List<String> fields;
    private final String name;
    private final boolean array;
    private @Nullable JsonToken first;
    private long line;

    JsonRows(Reader text, List<String> fields, String name) throws IOException, SourceFailure {
        this.parser = JSON.createParser(text);
        this.fields = fields;
        this.name = name;
        this.first = token();
        this.array = first == JsonToken.START_ARRAY;
        if (array) {
            first = token();
        }
    }

    private @Nullable JsonToken token() throws IOException, SourceFailure {
        try {
            return parser.nextToken();
        } catch (JsonProcessingException e) {
            throw failure(parser.currentLocation().getLineNr(), e.getOriginalMessage(), e);
        }
    }

    @Override
    public @Nullable Object @Nullable [] next() throws IOException, SourceFailure {
        JsonToken token = first == null ? token() : first;
        first = null;
        line = parser.currentTokenLocation().getLineNr();
        if (array ? token == JsonToken.END_ARRAY : token == null) {
            return null;
        }
        if (token != JsonToken.START_OBJECT) {
            throw failure(line, token == null ? "the array does not end" : "there is no object", null);
        }
        JsonNode row;
        try {
            row = JSON.readTree(parser);
        } catch (JsonProcessingException e) {
            throw failure(parser.currentLocation().getLineNr(), e.getOriginalMessage(), e);
        }
        @Nullable Object[] values = new Object[fields.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(row.path(fields.get(i)));
        }
        return values;
    }

    private static @Nullable Object value(JsonNode node) {
        return switch (node.getNodeType()) {
            case MISSING, NULL -> null;
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> node.numberValue();
            case STRING -> node.textValue();
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                node.forEach(element -> list.add(value(element)));
                yield list;
            }
            // an object in a text is its JSON
            default -> node.toString();
        };
    }

    private SourceFailure failure(long at, String why, @Nullable Exception cause) {
        String message =
                name + ":" + at + ": " + why + "; write one JSON object in each line. Nothing of this scan is told";
        return cause == null
                ? new SourceFailure(Kind.PASSING, message)
                : new SourceFailure(Kind.PASSING, message, cause);
    }

    @Override
    public long line() {
        return line;
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
