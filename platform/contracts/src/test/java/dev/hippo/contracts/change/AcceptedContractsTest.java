// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.google.protobuf.Descriptors.Descriptor;
import dev.hippo.contracts.ContractCompiler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcceptedContractsTest {
    private static final AcceptedContracts NOTHING;

    static {
        try {
            NOTHING = AcceptedContracts.read(Path.of("nowhere"));
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    @TempDir
    Path folder;

    /** Bodies of message M before and now; "|" begins what follows M in the file. */
    @ParameterizedTest(name = "{0}: {1} -> {2}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "the same            ~string a = 1;              ~string a = 1;                              ~",
                "another type        ~string a = 1;              ~int32 a = 1;                               ~4:7 BREAKS was string a and is int32 a",
                "another integer     ~int32 a = 1;               ~int64 a = 1;                               ~4:7 BREAKS was int32 a and is int64 a",
                "text to bytes       ~string a = 1;              ~bytes a = 1;                               ~4:7 BREAKS was string a and is bytes a",
                "number reused       ~string a = 1;              ~int32 b = 1;                               ~4:7 BREAKS was string a and is int32 b",
                "one to many         ~string a = 1;              ~repeated string a = 1;                     ~4:17 BREAKS was string a and is repeated string a",
                "a map's value       ~map<string, int32> a = 1;  ~map<string, bool> a = 1;                   ~4:19 BREAKS is map<string, bool> a",
                "number changed      ~string a = 1;              ~string a = 2; reserved 1;                  ~4:12 BREAKS had number 1 and has 2",
                "names swapped       ~string a = 1; string b = 2;~string b = 1; string a = 2;                ~4:12 BREAKS had number 2 and has 1, 4:26 BREAKS had number 1 and has 2",
                "removed             ~string a = 1; int32 b = 2; ~string a = 1;                              ~3:9 BREAKS field 'b' (number 2) was removed without 'reserved'",
                "removed, half kept  ~string a = 1; int32 b = 2; ~string a = 1; reserved 2;                  ~3:9 RENAMES its name is free",
                "removed, kept       ~string a = 1; int32 b = 2; ~string a = 1; reserved 2; reserved \"b\";  ~",
                "renamed             ~string a = 1;              ~string b = 1;                              ~4:8 RENAMES is now 'b'",
                "renamed in JSON     ~string a = 1;              ~string a = 1 [json_name = \"x\"];          ~4:8 RENAMES the JSON name of field 'a' was 'a' and is 'x'",
                "added               ~string a = 1;              ~string a = 1; int32 b = 2;                 ~",
                "made optional       ~int32 a = 1;               ~optional int32 a = 1;                      ~4:16 RENAMES is read as absent",
                "reserved number     ~reserved 2 to 4;           ~reserved 2, 4; int32 b = 3;                ~4:26 BREAKS takes number 3, which was reserved",
                "reserved name       ~reserved \"b\";            ~int32 b = 3;                               ~4:7 BREAKS takes a name that was reserved",
                "reservation gone    ~reserved 2 to 9;           ~reserved 2 to 5, 7 to max;                 ~3:9 BREAKS no longer reserves number 6",
                "reserved otherwise  ~reserved 2 to 9;           ~reserved 2 to 5, 6 to max;                 ~",
                "name not reserved   ~reserved \"b\", \"c\";     ~reserved \"c\";                            ~3:9 BREAKS no longer reserves \"b\"",
                "together in a oneof ~string a = 1; int32 b = 2; ~oneof v { string a = 1; int32 b = 2; }     ~4:7 BREAKS 'a', 'b' now exclude each other",
                "alone in a oneof    ~string a = 1;              ~oneof v { string a = 1; int32 b = 2; }     ~",
                "inner message       ~I i = 1; | message I { string a = 1; } ~I i = 1; | message I { bool a = 1; }  ~5:20 BREAKS field number 1 of a.I was string a and is bool a",
                "another name within ~I i = 1; | message I { string a = 1; } ~J i = 1; | message J { string a = 1; }~",
                "of itself           ~M m = 1;                   ~M m = 1; string s = 2;                     ~",
                "in a map            ~map<int32, I> i = 1; | message I { string a = 1; } ~map<int32, I> i = 1; | message I { }  ~5:11 BREAKS was removed without 'reserved'",
                "enum, same          ~E e = 1; | enum E { X = 0; Y = 1; } ~E e = 1; | enum E { X = 0; Y = 1; Z = 2; }  ~",
                "enum, renumbered    ~E e = 1; | enum E { X = 0; Y = 1; } ~E e = 1; | enum E { X = 0; Y = 2; reserved 1; }  ~5:23 BREAKS had number 1 and has 2",
                "enum, other meaning ~E e = 1; | enum E { X = 0; Y = 1; } ~E e = 1; | enum E { X = 0; Z = 1; }  ~5:19 BREAKS number 1 was Y and is Z",
                "enum, alias         ~E e = 1; | enum E { X = 0; Y = 1; } ~E e = 1; | enum E { option allow_alias = true; X = 0; Y = 1; Z = 1; }  ~",
                "enum, alias gone    ~E e = 1; | enum E { option allow_alias = true; X = 0; Y = 1; Z = 1; } ~E e = 1; | enum E { X = 0; Y = 1; }  ~5:19 RENAMES the name Z for number 1 is gone",
                "enum, removed       ~E e = 1; | enum E { X = 0; Y = 1; } ~E e = 1; | enum E { X = 0; }  ~5:8 BREAKS value Y = 1 was removed without 'reserved'",
                "enum, half kept     ~E e = 1; | enum E { X = 0; Y = 1; } ~E e = 1; | enum E { X = 0; reserved 1; }  ~5:8 RENAMES its name is free",
                "enum, kept          ~E e = 1; | enum E { X = 0; Y = 1; } ~E e = 1; | enum E { X = 0; reserved 1; reserved \"Y\"; }  ~",
                "enum, reserved taken~E e = 1; | enum E { X = 0; reserved 1; } ~E e = 1; | enum E { X = 0; Z = 1; }  ~5:23 BREAKS takes number 1, which was reserved",
                "enum, reserved name ~E e = 1; | enum E { X = 0; reserved \"Z\"; } ~E e = 1; | enum E { X = 0; Z = 1; }  ~5:19 BREAKS takes a name that was reserved",
                "enum, not reserved  ~E e = 1; | enum E { X = 0; reserved 1 to 3; } ~E e = 1; | enum E { X = 0; reserved 1, 3; }  ~5:8 BREAKS no longer reserves 2",
            })
    void saysWhatAChangeDoes(String name, String before, String now, String expected) throws Exception {
        List<ContractChange> changes = NOTHING.with(Map.of("topic t", message("proto3", before)))
                .changes(Map.of("topic t", message("proto3", now)));
        List<String> wanted = expected == null ? List.of() : List.of(expected.split(", (?=\\d+:)"));
        assertThat(changes).as(changes.toString()).hasSize(wanted.size());
        for (int i = 0; i < wanted.size(); i++) {
            ContractChange change = changes.get(i);
            String[] parts = wanted.get(i).split(" ", 3);
            assertThat(change.line() + ":" + change.column() + " " + change.effect())
                    .as(change.toString())
                    .isEqualTo(parts[0] + " " + parts[1]);
            assertThat(change.message()).contains(parts[2]).contains("topic t");
            assertThat(change.file()).isEqualTo("a.proto");
            assertThat(change.hint()).isNotEmpty();
        }
    }

    @Test
    void whatIsRequiredNowMayBeMissingInWhatIsStored() throws Exception {
        AcceptedContracts accepted = NOTHING.with(Map.of("topic t", message("proto2", "optional string a = 1;")));
        assertThat(accepted.changes(
                        Map.of("topic t", message("proto2", "required string a = 1; required int32 b = 2;"))))
                .extracting(ContractChange::message)
                .satisfiesExactly(
                        first -> assertThat(first).contains("'a' is now required"),
                        second -> assertThat(second).contains("'b' is new and required"));
    }

    @Test
    void aTimeIsNoMessageLikeAnother() throws Exception {
        AcceptedContracts accepted =
                NOTHING.with(Map.of("topic t", message("proto3", "T at = 1; | message T { int64 seconds = 1; }")));
        assertThat(accepted.changes(Map.of("topic t", message("proto3", "google.protobuf.Timestamp at = 1;"))))
                .singleElement()
                .satisfies(
                        change -> assertThat(change.message()).contains("was a.T at and is google.protobuf.Timestamp"));
    }

    @Test
    void aChangeNamesAllWhoStoreTheContractAndOnlyThem() throws Exception {
        AcceptedContracts accepted = NOTHING.with(
                Map.of("topic t", message("proto3", "string a = 1;"), "table u", message("proto3", "string a = 1;")));
        Descriptor now = message("proto3", "int32 a = 1;");
        assertThat(accepted.changes(Map.of("topic t", now, "table u", now, "topic new", now)))
                .singleElement()
                .satisfies(change -> assertThat(change.message()).endsWith("(stored in table u, topic t)"));
    }

    @Test
    void theFileKeepsWhatIsNotThereNow() throws Exception {
        Path file = folder.resolve("state/contracts.accepted");
        NOTHING.with(Map.of("topic t", message("proto3", "string a = 1; google.protobuf.Timestamp at = 2;")))
                .write(file);
        AcceptedContracts.read(file)
                .with(Map.of("topic u", message("proto3", "bool b = 1;")))
                .write(file);
        AcceptedContracts back = AcceptedContracts.read(file);
        Map<String, Descriptor> now = Map.of(
                "topic t",
                message("proto3", "string a = 2; reserved 1;"),
                "topic u",
                message("proto3", "int32 b = 1;"));
        assertThat(back.changes(now)).extracting(ContractChange::message).hasSize(3);
        assertThat(Files.readAllLines(file)).hasSize(2).first().asString().startsWith("topic t\ta.M\t");
    }

    @Test
    void aFileThatIsNotOursIsToldByItsName() throws Exception {
        Path file = folder.resolve("contracts.accepted");
        Files.writeString(file, "topic t\ta.M\tnonsense\n");
        assertThatIOException()
                .isThrownBy(() -> AcceptedContracts.read(file))
                .withMessageContaining(file.toString())
                .withMessageContaining("delete it if");
    }

    /** Message a.M; its fields stand on line 4, what follows it on line 5. */
    private Descriptor message(String syntax, String body) throws Exception {
        String[] parts = body.split("\\|", 2);
        Path contracts = Files.createTempDirectory(folder, "contracts");
        Files.writeString(
                contracts.resolve("a.proto"),
                "syntax = \"" + syntax + "\"; package a;\n"
                        + (body.contains("Timestamp") ? "import \"google/protobuf/timestamp.proto\";\n" : "\n")
                        + "message M {\n"
                        + parts[0].strip() + "\n"
                        + "}" + (parts.length == 1 ? "" : parts[1]) + "\n");
        return ContractCompiler.compile(contracts).contract("a.M").orElseThrow().descriptor();
    }
}
