// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Messages as {@code pgoutput} writes them. */
final class LogMessage {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    private LogMessage(char kind) throws IOException {
        out.writeByte(kind);
    }

    @FunctionalInterface
    private interface Body {
        void write(LogMessage message) throws IOException;
    }

    private static byte[] of(char kind, Body body) {
        try {
            LogMessage message = new LogMessage(kind);
            body.write(message);
            return message.bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] begin(int xid) {
        return of('B', m -> {
            m.out.writeLong(100);
            m.out.writeLong(1_500_000);
            m.out.writeInt(xid);
        });
    }

    static byte[] commit(long end) {
        return of('C', m -> {
            m.out.writeByte(0);
            m.out.writeLong(end - 8);
            m.out.writeLong(end);
            m.out.writeLong(1_500_000);
        });
    }

    /** Columns such as {@code *id} for one of the key; all are texts. */
    static byte[] relation(int id, String name, char identity, String... columns) {
        return of('R', m -> {
            m.out.writeInt(id);
            m.text("public");
            m.text(name);
            m.out.writeByte(identity);
            m.out.writeShort(columns.length);
            for (String column : columns) {
                boolean key = column.startsWith("*");
                m.out.writeByte(key ? 1 : 0);
                m.text(key ? column.substring(1) : column);
                m.out.writeInt(25);
                m.out.writeInt(-1);
            }
        });
    }

    static byte[] insert(int id, String... row) {
        return of('I', m -> {
            m.out.writeInt(id);
            m.row('N', row);
        });
    }

    static byte[] update(int id, String... row) {
        return of('U', m -> {
            m.out.writeInt(id);
            m.row('N', row);
        });
    }

    /** With K, the key, or O, all of the row before. */
    static byte[] update(int id, char old, String[] before, String... row) {
        return of('U', m -> {
            m.out.writeInt(id);
            m.row(old, before);
            m.row('N', row);
        });
    }

    static byte[] delete(int id, char old, String... row) {
        return of('D', m -> {
            m.out.writeInt(id);
            m.row(old, row);
        });
    }

    static byte[] truncate(int... ids) {
        return of('T', m -> {
            m.out.writeInt(ids.length);
            m.out.writeByte(0);
            for (int id : ids) {
                m.out.writeInt(id);
            }
        });
    }

    static byte[] other(char kind) {
        return of(kind, m -> m.out.writeLong(7));
    }

    private void text(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.writeByte(0);
    }

    /** Null is none, ? is unchanged. */
    private void row(char kind, String... values) throws IOException {
        out.writeByte(kind);
        out.writeShort(values.length);
        for (String value : values) {
            if (value == null) {
                out.writeByte('n');
            } else if (value.equals("?")) {
                out.writeByte('u');
            } else {
                byte[] text = value.getBytes(StandardCharsets.UTF_8);
                out.writeByte('t');
                out.writeInt(text.length);
                out.write(text);
            }
        }
    }
}
