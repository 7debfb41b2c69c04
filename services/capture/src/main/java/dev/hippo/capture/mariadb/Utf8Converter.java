// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes UTF-8 of text in one of the server's character sets. Immutable. */
final class Utf8Converter {
    private static final String LATIN1 = "latin1";
    private static final int BYTES = 256;

    /** The server's names, and Java's. */
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("ascii", "US-ASCII"),
            Map.entry("big5", "Big5"),
            Map.entry("cp1250", "windows-1250"),
            Map.entry("cp1251", "windows-1251"),
            Map.entry("cp1256", "windows-1256"),
            Map.entry("cp1257", "windows-1257"),
            Map.entry("cp850", "IBM850"),
            Map.entry("cp852", "IBM852"),
            Map.entry("cp866", "IBM866"),
            Map.entry("cp932", "windows-31j"),
            Map.entry("eucjpms", "EUC-JP"),
            Map.entry("euckr", "EUC-KR"),
            Map.entry("gb18030", "GB18030"),
            Map.entry("gb2312", "GB2312"),
            Map.entry("gbk", "GBK"),
            Map.entry("greek", "ISO-8859-7"),
            Map.entry("hebrew", "ISO-8859-8"),
            Map.entry("koi8r", "KOI8-R"),
            Map.entry("koi8u", "KOI8-U"),
            Map.entry(LATIN1, "windows-1252"),
            Map.entry("latin2", "ISO-8859-2"),
            Map.entry("latin5", "ISO-8859-9"),
            Map.entry("latin7", "ISO-8859-13"),
            Map.entry("macroman", "x-MacRoman"),
            Map.entry("macce", "x-MacCentralEurope"),
            Map.entry("sjis", "Shift_JIS"),
            Map.entry("tis620", "TIS-620"),
            Map.entry("ucs2", "UTF-16BE"),
            Map.entry("ujis", "EUC-JP"),
            Map.entry("utf16", "UTF-16BE"),
            Map.entry("utf16le", "UTF-16LE"),
            Map.entry("utf32", "UTF-32BE"));

    /** Null if the bytes are UTF-8 already. */
    private final @Nullable Charset charset;

    /** UTF-8 of each byte for a set of single bytes; null for another. */
    private final byte @Nullable [][] single;

    private Utf8Converter(@Nullable Charset charset, byte @Nullable [][] single) {
        this.charset = charset;
        this.single = single;
    }

    /** Empty for a character set that is not known here. */
    static Optional<Utf8Converter> of(String serverName) {
        if (serverName.startsWith("utf8")) {
            return Optional.of(new Utf8Converter(null, null));
        }
        String name = NAMES.get(serverName);
        if (name == null || !Charset.isSupported(name)) {
            return Optional.empty();
        }
        Charset charset = Charset.forName(name);
        return Optional.of(new Utf8Converter(charset, serverName.equals(LATIN1) ? latin1(charset) : null));
    }

    /** The server's latin1 is windows-1252, in which the five bytes that have no character there are C1 controls. */
    private static byte[][] latin1(Charset charset) {
        byte[][] utf8 = new byte[BYTES][];
        for (int i = 0; i < BYTES; i++) {
            String text = new String(new byte[] {(byte) i}, charset);
            utf8[i] = (text.equals("\uFFFD") ? String.valueOf((char) i) : text).getBytes(StandardCharsets.UTF_8);
        }
        return utf8;
    }

    /** Whether the bytes may be taken as they are. */
    boolean isUtf8() {
        return charset == null;
    }

    /**
     * Text in UTF-8.
     *
     * @throws CharacterCodingException if the bytes are no text in this character set
     */
    byte[] convert(byte[] from, int offset, int count) throws CharacterCodingException {
        if (single != null) {
            return fromSingle(single, from, offset, count);
        }
        if (charset == null) {
            return ByteBuffer.allocate(count).put(from, offset, count).array();
        }
        return charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(from, offset, count))
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] fromSingle(byte[][] table, byte[] from, int offset, int count) {
        int length = 0;
        for (int i = offset; i < offset + count; i++) {
            length += table[from[i] & 0xFF].length;
        }
        byte[] text = new byte[length];
        int to = 0;
        for (int i = offset; i < offset + count; i++) {
            for (byte part : table[from[i] & 0xFF]) {
                text[to++] = part;
            }
        }
        return text;
    }
}
