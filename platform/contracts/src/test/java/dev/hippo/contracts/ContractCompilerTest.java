// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.hippo.contracts.options.OptionsProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContractCompilerTest {
    @TempDir
    private Path folder;

    @Test
    void aMessageIsFoundByItsFullName() throws Exception {
        write(
                "shop/v1/order.proto",
                "syntax = \"proto3\"; package shop.v1; message Order { string id = 1; message Line { int32 n = 1; } }");
        ContractCatalog catalog = ContractCompiler.compile(folder);
        assertThat(catalog.names()).containsExactly("shop.v1.Order", "shop.v1.Order.Line");
        assertThat(catalog.contract("shop.v1.Order").orElseThrow().name()).isEqualTo("shop.v1.Order");
        assertThat(catalog.contract("shop.v1.Nothing")).isEmpty();
    }

    @Test
    void filesImportEachOtherAndWhatIsProvided() throws Exception {
        write("base.proto", "syntax = \"proto3\"; package a; message Base { string id = 1; }");
        write("sub/top.proto", """
                syntax = "proto3";
                package a;
                import "base.proto";
                import "google/protobuf/timestamp.proto";
                import "buf/validate/validate.proto";
                import "hippo/options.proto";
                message Top {
                  Base base = 1 [(buf.validate.field).required = true];
                  google.protobuf.Timestamp at = 2;
                }
                message Answer {}
                service Door { rpc Send(Top) returns (Answer) { option (hippo.publish) = "tops"; } }
                """);
        ContractCatalog catalog = ContractCompiler.compile(folder);
        Contract top = catalog.contract("a.Top").orElseThrow();
        assertThat(top.rules().check(new byte[0]))
                .containsExactly(new Violation("base", "required", "value is required"));
        MethodDescriptor send = catalog.services().get(0).getMethods().get(0);
        assertThat(send.getOptions().getExtension(OptionsProto.publish)).isEqualTo("tops");
        assertThat(catalog.files()).extracting(file -> file.getName()).containsExactly("base.proto", "sub/top.proto");
        assertThat(catalog.warnings()).isEmpty();
    }

    @Test
    void everyProblemOfEveryFileIsToldWithLineAndColumn() throws Exception {
        write("a.proto", "syntax = \"proto3\";\nmessage A {\n  strin b = 1;\n  Nope c = 2;\n}\n");
        write("b.proto", "syntax = \"proto3\";\nimport \"missing.proto\";\n");
        write("c.proto", "syntax = \"proto3\";\nmessage C {\n  string a = 1\n}\n");
        write("good.proto", "syntax = \"proto3\"; message Good {}");
        assertThat(problems())
                .extracting(ContractProblem::file, ContractProblem::line, ContractProblem::column)
                .contains(
                        tuple("a.proto", 3, 3), tuple("a.proto", 4, 3), tuple("b.proto", 2, 1), tuple("c.proto", 4, 1))
                .doesNotHaveDuplicates();
        assertThat(problems()).noneMatch(problem -> problem.file().equals("good.proto"));
        assertThat(problems().get(0)).hasToString("a.proto:3:3: error: \"strin\" is not defined.");
    }

    @Test
    void aNameThatTwoFilesDefineIsRefusedAsProtocRefusesIt() throws Exception {
        write("a.proto", "syntax = \"proto3\"; message A {}");
        write("b.proto", "syntax = \"proto3\"; message A {}");
        assertThat(problems())
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.message()).contains("\"A\" is already defined in file \"a.proto\""));
    }

    @Test
    void anUnusedImportIsAWarning() throws Exception {
        write("a.proto", "syntax = \"proto3\";\nimport \"google/protobuf/timestamp.proto\";\nmessage A {}\n");
        assertThat(ContractCompiler.compile(folder).warnings())
                .singleElement()
                .satisfies(warning -> assertThat(warning.toString())
                        .startsWith("a.proto:2:1:")
                        .contains("unused"));
    }

    @Test
    void aWarningIsNoProblemOfAFolderThatIsBrokenElsewhere() throws Exception {
        write("a.proto", "syntax = \"proto3\";\nimport \"google/protobuf/timestamp.proto\";\nmessage A {}\n");
        write("b.proto", "syntax = \"proto3\";\nmessage B { Nope a = 1; }\n");
        assertThat(problems()).extracting(ContractProblem::file).containsExactly("b.proto");
    }

    @Test
    void theProvidedFilesWinOverCopiesInTheFolder() throws Exception {
        write("buf/validate/validate.proto", "syntax = \"proto2\"; package buf.validate; // an old copy\n");
        write("hippo/options.proto", "this is not even a proto file");
        write(
                "google/protobuf/timestamp.proto",
                "syntax = \"proto3\"; package google.protobuf; message Timestamp { string text = 1; }");
        write("a.proto", """
                syntax = "proto3";
                import "buf/validate/validate.proto";
                import "google/protobuf/timestamp.proto";
                message A { string id = 1 [(buf.validate.field).string.min_len = 1]; google.protobuf.Timestamp at = 2; }
                """);
        ContractCatalog catalog = ContractCompiler.compile(folder);
        assertThat(catalog.names()).containsExactly("A");
        Contract contract = catalog.contract("A").orElseThrow();
        assertThat(contract.rules().check(new byte[0]))
                .extracting(Violation::rule)
                .containsExactly("string.min_len");
        contract.time("at");
    }

    @Test
    void aMissingOrEmptyFolderIsToldAsSuch() {
        Path missing = folder.resolve("contracts");
        assertThat(catchThrowableOfType(ContractException.class, () -> ContractCompiler.compile(missing)))
                .hasMessageContaining(missing + "")
                .hasMessageContaining("no such folder");
        assertThat(catchThrowableOfType(ContractException.class, () -> ContractCompiler.compile(folder)))
                .hasMessageContaining("no .proto file");
    }

    @Test
    void rulesThatDoNotFitTheirFieldAreRefusedWhenTheCheckerIsMade() throws Exception {
        write("a.proto", """
                syntax = "proto3";
                import "buf/validate/validate.proto";
                message A { int32 id = 1 [(buf.validate.field).string.min_len = 1]; }
                """);
        Contract contract = ContractCompiler.compile(folder).contract("A").orElseThrow();
        assertThat(catchThrowableOfType(IllegalArgumentException.class, contract::rules))
                .hasMessageContaining("The field rules of A do not compile");
    }

    private List<ContractProblem> problems() throws IOException {
        return catchThrowableOfType(ContractException.class, () -> ContractCompiler.compile(folder))
                .problems();
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
