// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.encode;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import dev.hippo.capture.source.ColumnType;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import dev.hippo.contracts.ContractCompiler;
import dev.hippo.pipeline.RowMapping;
import dev.hippo.pipeline.TextMask;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns that are told in messages of the row's message. */
class NestingTest {
    private static final SourceTable TABLE = new SourceTable(
            "crm",
            "customers",
            List.of(
                    column("street", ColumnType.TEXT, false),
                    column("id", ColumnType.INT64, false),
                    column("lat", ColumnType.DOUBLE, false),
                    column("left_out", ColumnType.TEXT, false),
                    column("lines", ColumnType.TEXT, true),
                    column("since", ColumnType.INSTANT, false),
                    column("lon", ColumnType.FLOAT, false),
                    column("email", ColumnType.TEXT, false),
                    column("checked", ColumnType.BOOL, false)),
            List.of("id"));
    private static final Map<String, String> RENAMED = Map.of(
            "street", "address.street",
            "lat", "address.place.lat",
            "lon", "address.place.lon",
            "lines", "address.lines",
            "since", "contact.since",
            "email", "contact.email",
            "checked", "contact.checked.value");

    @TempDir
    Path folder;

    private Descriptor contract;

    private static Column column(String name, ColumnType type, boolean list) {
        return new Column(name, type, list, true, "its type");
    }

    @BeforeEach
    void compile() throws Exception {
        contract = contract("double lat = 1; float lon = 300; ");
    }

    private Descriptor contract(String place) throws Exception {
        Files.writeString(folder.resolve("crm.proto"), """
                syntax = "proto3";
                package crm.v1;
                import "google/protobuf/timestamp.proto";
                import "google/protobuf/wrappers.proto";
                message Customer { Contact contact = 40000; int64 id = 3; Address address = 2; }
                message Contact {
                  google.protobuf.Timestamp since = 2;
                  string email = 1;
                  google.protobuf.BoolValue checked = 3;
                }
                message Address { repeated string lines = 17; Place place = 4; string street = 9; }
                message Place { %s }
                """.formatted(place));
        return ContractCompiler.compile(folder)
                .contract("crm.v1.Customer")
                .orElseThrow()
                .descriptor();
    }

    private static ContractMapping mapping(Descriptor contract, Map<String, String> rename) {
        return ContractMapping.of(
                TABLE,
                contract,
                new RowMapping("", Map.of(), rename, Map.of("contact.email", TextMask.of("last 4")), ""));
    }

    private static void text(ImageWriter image, int column, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        image.putBytes(column, bytes, 0, bytes.length);
    }

    private static void put(ImageWriter image, int column) {
        switch (column) {
            case 0 -> text(image, 0, "Elm ".repeat(100));
            case 1 -> image.putLong(1, -7);
            case 2 -> image.putDouble(2, 48.4);
            case 3 -> text(image, 3, "nobody is told");
            case 4 -> {
                text(image, 4, "first");
                text(image, 4, "");
                text(image, 4, "third");
            }
            case 5 -> image.putInstant(5, 1_800_000_000L, 5_000);
            case 6 -> image.putDouble(6, 9.5);
            case 7 -> text(image, 7, "ada@example.org");
            default -> image.putBool(8, true);
        }
    }

    private DynamicMessage message(ImageWriter image, int... columns) throws Exception {
        image.begin();
        for (int column : columns) {
            put(image, column);
        }
        byte[] told = image.end();
        DynamicMessage message = DynamicMessage.parseFrom(contract, told);
        assertThat(message.getUnknownFields().asMap()).isEmpty();
        assertThat(told).as("as protobuf would write it").isEqualTo(message.toByteArray());
        return message;
    }

    @Test
    void aRowIsWrittenAsProtobufWritesItWhateverHasAValue() throws Exception {
        ContractMapping mapping = mapping(contract, RENAMED);
        assertThat(mapping.problems()).isEmpty();
        ImageWriter image = new ImageWriter(mapping);
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            int[] columns = random.ints(0, 9)
                    .limit(random.nextInt(10))
                    .distinct()
                    .sorted()
                    .toArray();
            message(image, columns);
        }
        String all = message(image, 0, 1, 2, 3, 4, 5, 6, 7, 8).toString();
        assertThat(all.replaceAll("\\s+", " ").replaceAll("(Elm )+", "Elm "))
                .isEqualTo("address { place { lat: 48.4 lon: 9.5 } street: \"Elm \" lines: \"first\" lines: \"\""
                        + " lines: \"third\" } id: -7 contact { email: \"***********.org\" since { seconds: 1800000000"
                        + " nanos: 5000 } checked { value: true } } ");
    }

    @Test
    void aMessageOfWhichNoColumnHasAValueIsNotThere() throws Exception {
        ImageWriter image = new ImageWriter(mapping(contract, RENAMED));
        assertThat(message(image, 1).getAllFields()).hasSize(1);
        assertThat(message(image).getAllFields()).isEmpty();
        image.begin();
        image.putBool(8, false);
        DynamicMessage defaults = DynamicMessage.parseFrom(contract, image.end());
        assertThat(defaults.toString().replaceAll("\\s+", " ")).startsWith("contact { checked {");
    }

    @Test
    void aFieldInAMessageWithoutAColumnIsAProblem() throws Exception {
        assertThat(mapping(contract("double lat = 1; float lon = 300; string name = 2; "), RENAMED)
                        .problems())
                .singleElement()
                .asString()
                .startsWith("field 'address.place.name' of crm.v1.Customer is no column of crm.customers");
        assertThat(mapping(contract("string lat = 1; float lon = 300;"), RENAMED)
                        .problems())
                .singleElement()
                .asString()
                .contains("field 'address.place.lat' of crm.v1.Customer is string; make it double");
        assertThat(mapping(contract("double lat = 1;"), RENAMED).problems())
                .singleElement()
                .asString()
                .startsWith("'rename' of column 'lon': contract crm.v1.Customer has no field 'address.place.lon'");
        assertThat(mapping(contract, Map.of()).problems()).hasSize(2);
    }
}
