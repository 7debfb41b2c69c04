// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Rows with commas between their values, as RFC 4180 has them; the first line has the names. Nothing between two commas is no value, and {@code ""} is an empty text.
 */
final class CsvRows implements FileScan.Rows {
    private static final int END = -1;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final Reader text;
    private final String name;
    private final int[] columns;
    private final int width;
    private int next;
    /** Of the character that comes next. */
    private long line = 1;

    private long begin = 1;

    /** Reads the names. */
    CsvRows(Reader text, List<String> fields, String name) throws IOException, SourceFailure {
        this.text = text;
        this.name = name;
        this.next = text.read();
        if (next == BYTE_ORDER_MARK) {
            next = text.read();
        }
        List<@Nullable String> names = record();
        if (names == null) {
            throw new SourceFailure(
                    Kind.PASSING, name + " is empty; its first line has to have the names of the columns");
        }
        this.width = names.size();
        this.columns = FieldNames.columns(
                fields,
                names.stream()
                        .map(each -> Objects.requireNonNullElse(each, "").strip())
                        .toList(),
                name);
    }

    @Override
    public @Nullable Object @Nullable [] next() throws IOException, SourceFailure {
        List<@Nullable String> values = record();
        if (values == null) {
            return null;
        }
        if (values.size() != width) {
            throw new SourceFailure(
                    Kind.PASSING,
                    name + ":" + begin + ": the row has " + values.size() + " values, and there are " + width
                            + " columns; nothing of this scan is told");
        }
        @Nullable Object[] ordered = new Object[columns.length];
        for (int i = 0; i < ordered.length; i++) {
            ordered[i] = values.get(columns[i]);
        }
        return ordered;
    }

    @Override
    public long line() {
        return begin;
    }

    /** The values of the next line that is not empty, which may go over several; null at the end. */
    private @Nullable List<@Nullable String> record() throws IOException, SourceFailure {
        while (next == '\n' || next == '\r') {
            take();
        }
        if (next == END) {
            return null;
        }
        begin = line;
        List<@Nullable String> values = new ArrayList<>();
        values.add(value());
        while (next == ',') {
            take();
            values.add(value());
        }
        if (next == '\r') {
            take();
        }
        if (next == '\n') {
            take();
        }
        return values;
    }

    private int take() throws IOException {
        int taken = next;
        if (taken == '\n') {
            line++;
        }
        next = text.read();
        return taken;
    }

    private @Nullable String value() throws IOException, SourceFailure {
        StringBuilder value = new StringBuilder();
        if (next != '"') {
            while (next != ',' && next != '\n' && next != '\r' && next != END) {
                value.append((char) take());
            }
            return value.isEmpty() ? null : value.toString();
        }
        take();
        while (true) {
            if (next == END) {
                throw new SourceFailure(
                        Kind.PASSING,
                        name + ":" + begin
                                + ": a quote is not closed before the file ends; nothing of this scan is told");
            }
            int taken = take();
            if (taken != '"') {
                value.append((char) taken);
            } else if (next == '"') {
                value.append((char) take());
            } else {
                break;
            }
        }
        if (next != ',' && next != '\n' && next != '\r' && next != END) {
            throw new SourceFailure(
                    Kind.PASSING,
                    name + ":" + line + ": something comes behind a closing quote; write two quotes for one in a text");
        }
        return value.toString();
    }

    @Override
    public void close() throws IOException {
        text.close();
    }
}
