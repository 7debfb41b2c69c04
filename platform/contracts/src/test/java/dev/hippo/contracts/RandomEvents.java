// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import build.buf.validate.FieldRules;
import build.buf.validate.ValidateProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Makes random events whose values lie near what the rules speak of, and spoils their bytes. Not thread-safe. */
final class RandomEvents {
    private static final List<String> TEXTS = List.of(
            "",
            "a",
            "ab",
            "abc",
            "abcde",
            "abcdef",
            "é",
            "é-x",
            "日本",
            "日本語日本語",
            "😀",
            "😀😀😀",
            "bad",
            "red",
            "grün",
            "exact",
            "mid",
            "amidb",
            "midxx",
            "a.json",
            ".json",
            "AB-12",
            "AB-1",
            "AB-1234yz",
            "AB-12x\n",
            "me@example.org",
            "me@",
            "a@b",
            "example.org",
            "example.org.",
            "-a.org",
            "1.2.3.4",
            "1.2.3.256",
            "01.2.3.4",
            "::1",
            "1::2:3",
            "fe80::a%en1",
            "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7::8",
            "::ffff:1.2.3.4",
            "https://example.org/a?b=c#d",
            "https://[::1]:80/",
            "http://a b",
            "http://:80",
            "http://a:99999/",
            "a://b/%zz",
            "mailto:x",
            "123e4567-e89b-12d3-a456-426614174000",
            "123e4567e89b12d3a456426614174000",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "91ARZ3NDEKTSV4RRFFQ69G5FAV",
            "example.org:80",
            "[::1]:443",
            "1.2.3.4:0",
            "a:070",
            "X-Header",
            ":method",
            "bad header",
            "a value",
            "tab\there",
            "null\0",
            "ab\r",
            "a\n",
            "abc\u007f");
    private static final long[] NUMBERS = {
        0,
        0,
        1,
        -1,
        2,
        3,
        4,
        5,
        6,
        7,
        10,
        11,
        -3,
        -4,
        -5,
        -6,
        90,
        91,
        100,
        101,
        128,
        180,
        1000,
        2000,
        3_999_999_999L,
        4_000_000_000L,
        4_294_967_295L,
        Integer.MIN_VALUE,
        Integer.MAX_VALUE,
        Long.MIN_VALUE,
        Long.MIN_VALUE + 1,
        Long.MAX_VALUE,
        -10
    };
    private static final double[] REALS = {
        0,
        0,
        -0.0,
        0.5,
        1,
        1.5,
        2.5,
        10,
        -10,
        90,
        90.00001,
        -90,
        180,
        -180,
        179.9,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        Float.MAX_VALUE
    };

    private final Random random;

    RandomEvents(Random random) {
        this.random = random;
    }

    DynamicMessage message(Descriptor type, int depth) {
        DynamicMessage.Builder builder = DynamicMessage.newBuilder(type);
        // now full, now sparse
        double density = random.nextInt(4) == 0 ? 0.4 : 0.95;
        for (FieldDescriptor field : type.getFields()) {
            boolean message = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
            if ((message && depth > 3) || random.nextDouble() > (message ? density * 0.8 : density)) {
                continue;
            }
            set(builder, field, depth);
        }
        if (random.nextInt(depth == 0 ? 10 : 100) == 0) {
            builder.setUnknownFields(unknown());
        }
        return builder.buildPartial();
    }

    private void set(DynamicMessage.Builder builder, FieldDescriptor field, int depth) {
        builder.clearField(field);
        if (field.isRepeated()) {
            int count = random.nextInt(4);
            for (int i = 0; i < count; i++) {
                builder.addRepeatedField(field, value(field, depth));
            }
        } else if (random.nextInt(10) > 0) {
            builder.setField(field, value(field, depth));
        }
    }

    /** Rolls the dice again for the fields that are complained of. */
    DynamicMessage repair(DynamicMessage event, List<Violation> violations) {
        DynamicMessage.Builder builder = event.toBuilder();
        for (Violation violation : violations) {
            FieldDescriptor field = event.getDescriptorForType()
                    .findFieldByName(violation.path().split("[.\\[]", 2)[0]);
            if (field != null) {
                set(builder, field, 0);
            }
        }
        return builder.buildPartial();
    }

    private Object value(FieldDescriptor field, int depth) {
        return switch (field.getJavaType()) {
            case INT -> (int) number();
            case LONG -> number();
            case FLOAT -> (float) real();
            case DOUBLE -> real();
            case BOOLEAN -> random.nextBoolean();
            case STRING -> text(field);
            case BYTE_STRING -> bytes();
            case ENUM -> enumValue(field);
            case MESSAGE -> message(field.getMessageType(), depth + 1);
        };
    }

    private long number() {
        return random.nextInt(20) == 0 ? random.nextLong() : NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private double real() {
        return random.nextInt(5) == 0 ? random.nextDouble() * 200 - 100 : REALS[random.nextInt(REALS.length)];
    }

    private String text(FieldDescriptor field) {
        // a format is hit often enough only if it is aimed at
        FieldRules rules = field.getOptions().getExtension(ValidateProto.field);
        if (random.nextInt(3) > 0) {
            String aimed = switch (rules.getString().getWellKnownCase()) {
                case EMAIL -> "me@example.org";
                case HOSTNAME -> "a.example.org";
                case IP, IPV6 -> "1:2::7";
                case IPV4, ADDRESS -> "10.0.255.1";
                case URI -> "https://example.org/a?b=c#d";
                case UUID -> "123e4567-e89b-12d3-a456-426614174000";
                case TUUID -> "123e4567e89b12d3a456426614174000";
                case ULID -> "01ARZ3NDEKTSV4RRFFQ69G5FAV";
                case HOST_AND_PORT -> "example.org:80";
                case WELL_KNOWN_REGEX -> "x-header";
                default -> null;
            };
            if (aimed != null) {
                return random.nextInt(3) == 0 ? spoilt(aimed) : aimed;
            }
        }
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }

    private String spoilt(String text) {
        int at = random.nextInt(text.length());
        char c = "aZ09.:-_/@%[] \né😀".charAt(random.nextInt(16));
        return text.substring(0, at) + c + text.substring(at + random.nextInt(2));
    }

    private ByteString bytes() {
        return switch (random.nextInt(6)) {
            case 0 -> ByteString.EMPTY;
            case 1 -> ByteString.copyFrom(new byte[] {1, -1, 7});
            case 2 -> ByteString.copyFrom(new byte[random.nextInt(18)]);
            case 3 -> ByteString.copyFrom(new byte[] {1, 2, 3, 4});
            default -> ByteString.copyFromUtf8(TEXTS.get(random.nextInt(TEXTS.size())));
        };
    }

    private EnumValueDescriptor enumValue(FieldDescriptor field) {
        List<EnumValueDescriptor> values = field.getEnumType().getValues();
        if (!field.getEnumType().isClosed() && random.nextInt(8) == 0) {
            return field.getEnumType().findValueByNumberCreatingIfUnknown(random.nextInt(20) - 4);
        }
        return values.get(random.nextInt(values.size()));
    }

    private UnknownFieldSet unknown() {
        UnknownFieldSet.Builder set = UnknownFieldSet.newBuilder();
        int number = random.nextInt(5) == 0 ? random.nextInt(12) + 1 : random.nextInt(1000) + 50;
        UnknownFieldSet.Field field = switch (random.nextInt(4)) {
            case 0 -> UnknownFieldSet.Field.newBuilder().addVarint(number()).build();
            case 1 ->
                UnknownFieldSet.Field.newBuilder().addFixed32((int) number()).build();
            case 2 ->
                UnknownFieldSet.Field.newBuilder()
                        .addGroup(UnknownFieldSet.getDefaultInstance())
                        .build();
            default ->
                UnknownFieldSet.Field.newBuilder().addLengthDelimited(bytes()).build();
        };
        return set.mergeField(number, field).build();
    }

    /** Truncates, flips, joins, repeats or reorders the bytes. */
    byte[] spoil(byte[] event, byte[] other) {
        return switch (random.nextInt(6)) {
            case 0 -> Arrays.copyOf(event, event.length == 0 ? 0 : random.nextInt(event.length));
            case 1 -> flipped(event);
            case 2 -> joined(event, other);
            case 3 -> joined(event, oddVarint());
            case 4 -> shuffled(event);
            default -> joined(event, event);
        };
    }

    private byte[] flipped(byte[] event) {
        byte[] copy = event.clone();
        for (int i = random.nextInt(3); i >= 0 && copy.length > 0; i--) {
            copy[random.nextInt(copy.length)] =
                    random.nextBoolean() ? (byte) random.nextInt(256) : (byte) (random.nextInt(12) << 3);
        }
        return copy;
    }

    /** A number written with more bytes than it needs, perhaps with a tag that is too long as well. */
    private byte[] oddVarint() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int tag = (random.nextInt(12) + 1) << 3;
        if (random.nextBoolean()) {
            out.write(tag);
        } else {
            out.write(tag | 0x80);
            for (int i = random.nextInt(9); i > 0; i--) {
                out.write(0x80);
            }
            out.write(random.nextInt(2));
        }
        for (int i = random.nextInt(11); i > 0; i--) {
            out.write(0x80 | random.nextInt(128));
        }
        out.write(random.nextInt(128));
        return out.toByteArray();
    }

    /** The same fields in another order: a valid message keeps its meaning if each comes once. */
    private byte[] shuffled(byte[] event) {
        try {
            List<byte[]> fields = new ArrayList<>();
            WireReader reader = new WireReader(event, 0, event.length);
            int from = 0;
            for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
                reader.skipValue(tag);
                fields.add(Arrays.copyOfRange(event, from, reader.position()));
                from = reader.position();
            }
            Collections.shuffle(fields, random);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            fields.forEach(out::writeBytes);
            return out.toByteArray();
        } catch (MalformedWireException e) {
            return event;
        }
    }

    static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    static byte[] encoded(Message message) {
        try {
            byte[] bytes = new byte[message.getSerializedSize()];
            message.writeTo(CodedOutputStream.newInstance(bytes));
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
