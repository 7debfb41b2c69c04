// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.row;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import java.util.Random;

/** Random messages of a type, with defaults, extremes and unknown fields among them. */
final class RandomMessages {
    private static final String[] TEXTS = {
        "", "a", "Hippo", "Flusspferd \u00e4\u00f6\u00fc", "\u6cb3\u99ac", "\ud83e\udd9b", "x".repeat(300)
    };
    private static final long[] NUMBERS = {
        0, 1, -1, 127, 128, 300, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE
    };

    private final Random random;

    RandomMessages(long seed) {
        random = new Random(seed);
    }

    DynamicMessage next(Descriptor type) {
        return message(type, 0);
    }

    private DynamicMessage message(Descriptor type, int depth) {
        if (type.getFullName().equals("google.protobuf.Timestamp")) {
            return timestamp(type);
        }
        DynamicMessage.Builder builder = DynamicMessage.newBuilder(type);
        for (FieldDescriptor field : type.getFields()) {
            if (random.nextInt(3) == 0) {
                continue;
            }
            if (field.isRepeated()) {
                for (int i = random.nextInt(4); i > 0; i--) {
                    builder.addRepeatedField(field, value(field, depth));
                }
            } else {
                builder.setField(field, value(field, depth));
            }
        }
        if (random.nextInt(4) == 0) {
            builder.setUnknownFields(UnknownFieldSet.newBuilder()
                    .addField(
                            900,
                            UnknownFieldSet.Field.newBuilder()
                                    .addVarint(random.nextLong())
                                    .addFixed32(7)
                                    .addFixed64(8)
                                    .addLengthDelimited(ByteString.copyFromUtf8("unknown"))
                                    .addGroup(UnknownFieldSet.newBuilder()
                                            .addField(
                                                    3,
                                                    UnknownFieldSet.Field.newBuilder()
                                                            .addVarint(1)
                                                            .build())
                                            .build())
                                    .build())
                    .build());
        }
        return builder.build();
    }

    private DynamicMessage timestamp(Descriptor type) {
        Timestamp.Builder at = Timestamp.newBuilder().setSeconds(random.nextLong(-62_135_596_800L, 253_402_300_800L));
        if (random.nextBoolean()) {
            at.setNanos(random.nextInt(1_000_000_000));
        }
        try {
            return DynamicMessage.parseFrom(type, at.build().toByteString());
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private Object value(FieldDescriptor field, int depth) {
        return switch (field.getJavaType()) {
            case INT -> (int) number();
            case LONG -> number();
            case FLOAT -> random.nextInt(5) == 0 ? -0.0f : random.nextFloat() * 1e6f;
            case DOUBLE -> random.nextInt(5) == 0 ? Double.NaN : random.nextGaussian();
            case BOOLEAN -> random.nextBoolean();
            case STRING -> TEXTS[random.nextInt(TEXTS.length)];
            case BYTE_STRING -> bytes();
            case ENUM ->
                random.nextInt(5) == 0
                        ? field.getEnumType().findValueByNumberCreatingIfUnknown(99)
                        : field.getEnumType()
                                .getValues()
                                .get(random.nextInt(
                                        field.getEnumType().getValues().size()));
            case MESSAGE ->
                depth > 3
                        ? DynamicMessage.getDefaultInstance(field.getMessageType())
                        : message(field.getMessageType(), depth + 1);
        };
    }

    private long number() {
        return random.nextInt(3) == 0
                ? NUMBERS[random.nextInt(NUMBERS.length)]
                : random.nextLong() >> random.nextInt(64);
    }

    private ByteString bytes() {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }
}
