// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Cuts JSON text into its values without changing a byte of them, and checks on the way that it is strict JSON. */
final class JsonSlices {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private JsonSlices() {}

    /**
     * A JSON text cut into values.
     *
     * @param each the elements of an array, or the only value
     * @param array whether the text is an array
     */
    record Values(List<byte[]> each, boolean array) {}

    /** The elements of an array; any other value as the only one. */
    static Values values(byte[] json) throws JsonProcessingException {
        try (JsonParser parser = FACTORY.createParser(json)) {
            List<byte[]> each = new ArrayList<>();
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new JsonParseException(parser, "the body is empty");
            }
            boolean array = first == JsonToken.START_ARRAY;
            if (array) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    TooManyEvents.check(each.size());
                    each.add(value(parser, json));
                }
            } else {
                each.add(value(parser, json));
            }
            end(parser);
            return new Values(each, array);
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    /** The members of an object, each value as its text. */
    static Map<String, byte[]> members(byte[] json) throws JsonProcessingException {
        try (JsonParser parser = FACTORY.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new JsonParseException(parser, "not a JSON object");
            }
            Map<String, byte[]> members = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                members.put(name, value(parser, json));
            }
            end(parser);
            return members;
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    private static void end(JsonParser parser) throws IOException {
        if (parser.nextToken() != null) {
            throw new JsonParseException(
                    parser, "there is more after the JSON value; send several as an array or as application/x-ndjson");
        }
    }

    private static byte[] value(JsonParser parser, byte[] json) throws IOException {
        long from = parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        // a string is read only now
        parser.finishToken();
        long to = parser.currentLocation().getByteOffset();
        if (from < 0 || to < from) {
            throw new JsonParseException(parser, "JSON must be encoded in UTF-8");
        }
        return Arrays.copyOfRange(json, (int) from, (int) to);
    }

    /** What is wrong, without the parser's own names. */
    static String reason(JsonProcessingException e) {
        String where = e.getLocation() == null
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
        return e.getOriginalMessage() + where;
    }
}
