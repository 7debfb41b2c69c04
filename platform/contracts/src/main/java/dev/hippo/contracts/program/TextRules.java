// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

import build.buf.validate.BytesRules;
import build.buf.validate.FieldRules;
import build.buf.validate.StringRules;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.hippo.contracts.pattern.BytePattern;
import dev.hippo.contracts.pattern.UnsupportedPatternException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compiles the rules on a string or bytes. */
final class TextRules {
    private TextRules() {}

    static TextTest compile(FieldDescriptor field, FieldRules rules) throws NotCompilableException {
        boolean string = field.getType() == FieldDescriptor.Type.STRING;
        if (string && rules.hasString()) {
            return string(field, rules.getString());
        }
        if (!string && rules.hasBytes()) {
            return bytes(field, rules.getBytes());
        }
        return TextTest.any(string);
    }

    private static TextTest string(FieldDescriptor field, StringRules rules) throws NotCompilableException {
        List<BytePattern> patterns = new ArrayList<>();
        if (rules.hasPattern()) {
            patterns.add(pattern(field, rules.getPattern()));
        }
        TextFormat format = TextFormat.of(rules);
        if (format == null) {
            throw ValueCompiler.odd(field, "the format " + rules.getWellKnownCase());
        }
        if (!format.pattern().isEmpty()) {
            patterns.add(pattern(field, format.pattern()));
        }
        if (rules.hasConst() && rules.getInCount() > 0) {
            throw ValueCompiler.odd(field, "the rules const and in");
        }
        List<String> in = rules.hasConst() ? List.of(rules.getConst()) : rules.getInList();
        return new TextTest(
                true,
                rules.hasLen() ? Math.max(rules.getLen(), rules.getMinLen()) : rules.getMinLen(),
                least(rules.hasLen(), rules.getLen(), rules.hasMaxLen(), rules.getMaxLen()),
                rules.hasLenBytes() ? Math.max(rules.getLenBytes(), rules.getMinBytes()) : rules.getMinBytes(),
                Math.min(
                        format.maxBytes(),
                        least(rules.hasLenBytes(), rules.getLenBytes(), rules.hasMaxBytes(), rules.getMaxBytes())),
                in.stream().map(TextRules::utf8).toList(),
                rules.getNotInList().stream().map(TextRules::utf8).toList(),
                utf8(rules.getPrefix()),
                utf8(rules.getSuffix()),
                utf8(rules.getContains()),
                rules.hasNotContains() ? utf8(rules.getNotContains()) : null,
                patterns,
                List.of());
    }

    private static TextTest bytes(FieldDescriptor field, BytesRules rules) throws NotCompilableException {
        List<BytePattern> patterns = new ArrayList<>();
        if (rules.hasPattern()) {
            patterns.add(pattern(field, rules.getPattern()));
        }
        if (rules.hasConst() && rules.getInCount() > 0) {
            throw ValueCompiler.odd(field, "the rules const and in");
        }
        List<ByteString> in = rules.hasConst() ? List.of(rules.getConst()) : rules.getInList();
        List<Integer> sizes = sizes(rules);
        if (sizes == null) {
            throw ValueCompiler.odd(field, "the format " + rules.getWellKnownCase());
        }
        return new TextTest(
                rules.hasPattern(),
                0,
                Long.MAX_VALUE,
                rules.hasLen() ? Math.max(rules.getLen(), rules.getMinLen()) : rules.getMinLen(),
                least(rules.hasLen(), rules.getLen(), rules.hasMaxLen(), rules.getMaxLen()),
                in.stream().map(ByteString::toByteArray).toList(),
                rules.getNotInList().stream().map(ByteString::toByteArray).toList(),
                rules.getPrefix().toByteArray(),
                rules.getSuffix().toByteArray(),
                rules.getContains().toByteArray(),
                null,
                patterns,
                sizes);
    }

    private static @Nullable List<Integer> sizes(BytesRules rules) {
        return switch (rules.getWellKnownCase()) {
            case WELLKNOWN_NOT_SET -> List.of();
            case IP -> rules.getIp() ? List.of(4, 16) : List.of();
            case IPV4 -> rules.getIpv4() ? List.of(4) : List.of();
            case IPV6 -> rules.getIpv6() ? List.of(16) : List.of();
            case UUID -> rules.getUuid() ? List.of(16) : List.of();
        };
    }

    private static BytePattern pattern(FieldDescriptor field, String pattern) throws NotCompilableException {
        try {
            return BytePattern.compile(pattern);
        } catch (UnsupportedPatternException e) {
            throw ValueCompiler.odd(field, "a pattern that is not compiled: " + e.getMessage());
        }
    }

    private static long least(boolean hasExact, long exact, boolean hasMax, long max) {
        return Math.min(hasExact ? exact : Long.MAX_VALUE, hasMax ? max : Long.MAX_VALUE);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
