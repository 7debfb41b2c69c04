// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pipeline file says of a db-etl. */
class CaptureReaderTest {
    @TempDir
    Path folder;

    private List<String> findings(String topic, String... lines) throws IOException {
        return check(topic, lines).findings().stream()
                .map(finding -> finding.toString().replace(folder + "/", ""))
                .toList();
    }

    private PipelineCheck.Result check(String topic, String... lines) throws IOException {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/bank.proto"), """
                syntax = "proto3";
                package bank.v1;
                import "google/protobuf/timestamp.proto";
                import "google/protobuf/wrappers.proto";
                import "hippo/change/v1/change.proto";
                message Account { int64 id = 1; string owner = 2; }
                message Customer { string owner = 2; Address address = 3; repeated Address former = 4; }
                message Address { string street = 1; Place place = 2; google.protobuf.BoolValue checked = 3; }
                message Place { string city = 1; google.protobuf.Timestamp since = 2; }
                message AccountChange {
                  hippo.change.v1.Op op = 1;
                  string table = 2;
                  Account before = 4;
                  optional Account after = 5;
                  hippo.change.v1.Transaction transaction = 7;
                }
                """);
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(
                file,
                "pipeline: p\ntopics:\n  accounts: {contract: bank.v1.Account" + topic
                        + "}\nhippos:\n  db:\n    kind: db-etl\n    " + String.join("\n    ", lines) + "\n");
        return PipelineCheck.of(PipelineFile.read(file, null, Map.of("HIPPO_SECRET_BANK", "pssst")));
    }

    private static final String KEYED = ", key: id, changelog: true";
    private static final String SOURCE =
            "source: {url: 'jdbc:postgresql://h/d', user: u, password: '${secret:bank}', tables: public.accounts}";

    @Test
    void eachTableHasATopicForItsLatestRows() throws Exception {
        PipelineCheck.Result result = check(KEYED, SOURCE, "publish: accounts");
        assertThat(result.findings()).isEmpty();
        HippoSettings.Capture capture = result.spec().hippos().get("db").settings(HippoSettings.Capture.class);
        assertThat(capture.topics()).isEqualTo(Map.of("public.accounts", "accounts"));
        assertThat(capture.password()).isEqualTo("pssst");
        assertThat(capture.toString()).doesNotContain("pssst");
    }

    @Test
    void aTopicOfAllChangesHasTheirContractAndOnePartition() throws Exception {
        String source = SOURCE.replace("tables:", "changes: all, tables:");
        String all = "}\n  all: {contract: hippo.change.v1.ChangeEvent, partitions: 1";
        PipelineCheck.Result result = check(KEYED + all, source, "publish: accounts");
        assertThat(result.findings()).isEmpty();
        assertThat(result.spec().hippos().get("db").publish()).containsExactly("accounts", "all");
        assertThat(findings(KEYED + all.replace("partitions: 1", "partitions: 2"), source, "publish: accounts"))
                .singleElement()
                .asString()
                .startsWith("pipeline.yaml:8:")
                .contains("'all' cannot keep all changes in their order");
        assertThat(findings(
                        KEYED + all.replace("hippo.change.v1.ChangeEvent", "bank.v1.Account"),
                        source,
                        "publish: accounts"))
                .singleElement()
                .asString()
                .startsWith("pipeline.yaml:8:")
                .contains("contract 'bank.v1.Account' does not read the changes of a table");
        assertThat(findings(KEYED, source, "publish: accounts"))
                .singleElement()
                .asString()
                .contains("'all'");
    }

    @Test
    void aTopicOfTheChangesOfOneTableMayHaveItsRowsAsMessages() throws Exception {
        String all = "}\n  all: {contract: bank.v1.AccountChange, partitions: 1";
        String source = SOURCE.replace("tables:", "changes: all, tables:");
        assertThat(findings(KEYED + all, source, "publish: accounts")).isEmpty();
        String more = "}\n  others: {contract: bank.v1.Account, key: id, changelog: true";
        assertThat(findings(
                        KEYED + all + more,
                        source.replace("public.accounts", "[public.accounts, public.others]"),
                        "publish: [accounts, others]"))
                .singleElement()
                .asString()
                .contains("contract 'bank.v1.AccountChange' does not read the changes of 2 tables");
    }

    @Test
    void whatIsMissingOrDoesNotFitIsToldWithItsPlace() throws Exception {
        assertThat(findings(KEYED, "publish: accounts"))
                .singleElement()
                .asString()
                .contains("without 'source'");
        assertThat(findings(KEYED, SOURCE))
                .anySatisfy(finding -> assertThat(finding).contains("without 'publish' tells nobody"));
        assertThat(findings(
                        KEYED,
                        SOURCE.replace("public.accounts", "[public.accounts, public.transfers]"),
                        "publish: accounts"))
                .singleElement()
                .asString()
                .startsWith("pipeline.yaml:8:14: error: there are 2 tables and 1 topics");
        assertThat(findings(KEYED, SOURCE.replace("public.accounts", "accounts"), "publish: accounts"))
                .singleElement()
                .asString()
                .contains("'accounts' is no table's full name")
                .contains("public.airports");
        assertThat(findings(KEYED, SOURCE.replace("postgresql", "oracle"), "publish: accounts"))
                .singleElement()
                .asString()
                .contains("reads the changes of PostgreSQL, MariaDB and MySQL only");
        assertThat(findings(", key: id", SOURCE, "publish: accounts"))
                .singleElement()
                .asString()
                .contains("is no changelog with a key");
    }

    private static final String MAPPED =
            "source: {url: 'jdbc:postgresql://h/d', changes: all, tables: {public.accounts: %s}%s}";
    private static final String ALL = KEYED + "}\n  all: {contract: hippo.change.v1.ChangeEvent, partitions: 1";

    private List<String> mapped(String mapping, String more) throws IOException {
        return findings(ALL, String.format(MAPPED, mapping, more), "publish: accounts");
    }

    @Test
    void aTableSaysWhichRowsAreToldUnderWhichNamesAndHowMuchOfThem() throws Exception {
        String mapping = "{where: {id: 1..9}, rename: {full_name: owner}, mask: {owner: hash}}";
        PipelineCheck.Result result = check(ALL, String.format(MAPPED, mapping, ", salt: pssst"), "publish: accounts");
        assertThat(result.findings()).isEmpty();
        RowMapping told = result.spec()
                .hippos()
                .get("db")
                .settings(HippoSettings.Capture.class)
                .mapping("public.accounts");
        assertThat(told.where()).isEqualTo(Map.of("id", "1..9"));
        assertThat(told.rename()).isEqualTo(Map.of("full_name", "owner"));
        assertThat(told.mask()).isEqualTo(Map.of("owner", new TextMask(TextMask.Kind.HASH, 0)));
        assertThat(told.salt()).isEqualTo("pssst");
        assertThat(told.toString()).doesNotContain("pssst");
    }

    @Test
    void whatDoesNotFitTheContractIsAFindingWhereItStands() throws Exception {
        assertThat(mapped("{where: {ide: 1}}", "")).singleElement().asString().contains("no field 'ide'", "'id'");
        assertThat(mapped("{where: {id: many}}", "")).singleElement().asString().contains("'many' is none");
        assertThat(mapped("{rename: {x: ownr}}", "")).singleElement().asString().contains("'ownr'", "'owner'");
        assertThat(mapped("{rename: {x: id}}", "")).singleElement().asString().contains("part of the key");
        assertThat(mapped("{rename: {x: owner, y: owner}}", ""))
                .singleElement()
                .asString()
                .contains("two columns become field 'owner'");
        assertThat(mapped("{mask: {id: hide}}", "")).singleElement().asString().contains("'id' is no text");
        assertThat(mapped("{mask: {owner: some}}", ""))
                .singleElement()
                .asString()
                .contains("write hash, hide");
        assertThat(mapped("{where: {owner: A*}, mask: {owner: hide}}", ""))
                .singleElement()
                .asString()
                .contains("asks for what it was");
        assertThat(mapped("{mask: {owner: hash}}", ""))
                .singleElement()
                .asString()
                .contains("add salt:");
        assertThat(mapped("{mask: {owner: hide}}", ", salt: x"))
                .singleElement()
                .asString()
                .contains("nothing is hashed");
        assertThat(mapped("{were: {id: 1}}", "")).singleElement().asString().contains("unknown key 'were'", "'where'");
    }

    private List<String> nested(String mapping) throws IOException {
        return mapped("{}, public.customers: " + mapping.replaceFirst("\\{", "{contract: bank.v1.Customer, "), "");
    }

    @Test
    void aColumnMayBeToldInAMessage() throws Exception {
        assertThat(nested("{where: {address.street: E*}, rename: {s: address.street, c: address.place.city},"
                        + " mask: {address.place.city: first 2}}"))
                .isEmpty();
        assertThat(nested("{rename: {s: address.stret}}"))
                .singleElement()
                .asString()
                .contains("has no field 'address.stret'", "'street'")
                .containsPattern(":\\d+:\\d+");
        assertThat(nested("{rename: {s: owner.name}}"))
                .singleElement()
                .asString()
                .contains("no field 'owner.name'");
        assertThat(nested("{rename: {s: former.street}}"))
                .singleElement()
                .asString()
                .contains("is in a list");
        assertThat(nested("{rename: {s: address.checked.value}}")).isEmpty();
        assertThat(nested("{rename: {s: address.place.since.seconds}}"))
                .singleElement()
                .asString()
                .contains("is a part of a google.protobuf.Timestamp, which is one value")
                .contains("name 'address.place.since' itself");
        assertThat(nested("{rename: {s: address.place, t: address.place.city}}"))
                .singleElement()
                .asString()
                .contains("becomes field 'address.place.city', and another a part of it");
        assertThat(mapped("{rename: {id: owner}}", ""))
                .singleElement()
                .asString()
                .contains("'id' is part of the key");
        assertThat(nested("{mask: {address.place: hide}}"))
                .singleElement()
                .asString()
                .contains("is no text");
        assertThat(nested("{rename: {s: address.street}, mask: {address.strt: hide}}"))
                .singleElement()
                .asString()
                .contains("no field 'address.strt'");
    }

    @Test
    void aTableWithAContractOfItsOwnHasNoTopicAndNeedsOneOfAllChanges() throws Exception {
        String own = "{}, public.log: {contract: bank.v1.Account}";
        PipelineCheck.Result result = check(ALL, String.format(MAPPED, own, ""), "publish: accounts");
        assertThat(result.findings()).isEmpty();
        HippoSettings.Capture capture = result.spec().hippos().get("db").settings(HippoSettings.Capture.class);
        assertThat(capture.tables()).containsExactly("public.accounts", "public.log");
        assertThat(capture.topics()).isEqualTo(Map.of("public.accounts", "accounts"));
        assertThat(result.spec().contractOf(capture, "public.log")).isEqualTo("bank.v1.Account");
        assertThat(findings(KEYED, String.format(MAPPED, own, "").replace("changes: all, ", ""), "publish: accounts"))
                .singleElement()
                .asString()
                .contains("add changes: TOPIC");
        assertThat(mapped("{}, public.log: {contract: bank.v1.Acount}", ""))
                .singleElement()
                .asString()
                .contains("'bank.v1.Acount' is not in the contracts folder", "bank.v1.Account");
        assertThat(mapped("{}, public.log: {}", "")).singleElement().asString().contains("2 tables and 1 topics");
    }

    @Test
    void theReaderOfTheLogIsOursUnlessDebeziumsIsAskedFor() throws Exception {
        String debezium = SOURCE.replace("tables:", "reader: debezium, properties: {max.batch.size: 100}, tables:");
        PipelineCheck.Result result = check(KEYED, debezium, "publish: accounts");
        assertThat(result.findings()).isEmpty();
        HippoSettings.Capture capture = result.spec().hippos().get("db").settings(HippoSettings.Capture.class);
        assertThat(capture.debezium())
                .isEqualTo(new HippoSettings.Capture.Debezium("", List.of(), Map.of("max.batch.size", "100")));
        capture = check(KEYED, SOURCE, "publish: accounts")
                .spec()
                .hippos()
                .get("db")
                .settings(HippoSettings.Capture.class);
        assertThat(capture.debezium()).isNull();
    }

    @Test
    void propertiesOfDebeziumThatWouldBreakAPromiseAreErrors() throws Exception {
        assertThat(findings(
                        KEYED,
                        SOURCE.replace("tables:", "reader: debezium, properties: {snapshot.mode: always}, tables:"),
                        "publish: accounts"))
                .singleElement()
                .asString()
                .startsWith("pipeline.yaml:7:")
                .contains("property 'snapshot.mode' is set by Hippo");
        assertThat(findings(KEYED, SOURCE.replace("tables:", "properties: {a: b}, tables:"), "publish: accounts"))
                .singleElement()
                .asString()
                .contains("'properties' means nothing for our own reader");
        assertThat(findings(KEYED, SOURCE.replace("tables:", "reader: other, tables:"), "publish: accounts"))
                .singleElement()
                .asString()
                .contains("'reader' is one of native, debezium, not 'other'");
    }

    private static final String BROUGHT =
            "source: {reader: debezium, connector: io.x.SqlServerConnector, classpath: ['lib/*'],"
                    + " user: u, password: '${secret:bank}', properties: {database.names: bank}, tables: [dbo.accounts]}";

    @Test
    void aConnectorOfAnyDatabaseMayBeBrought() throws Exception {
        PipelineCheck.Result result = check(KEYED, BROUGHT, "publish: accounts");
        assertThat(result.findings()).isEmpty();
        HippoSettings.Capture capture = result.spec().hippos().get("db").settings(HippoSettings.Capture.class);
        assertThat(capture.debezium())
                .isEqualTo(new HippoSettings.Capture.Debezium(
                        "io.x.SqlServerConnector", List.of("lib/*"), Map.of("database.names", "bank")));
        assertThat(capture.url()).isEqualTo("SqlServerConnector");
        assertThat(capture.topics()).containsOnlyKeys("dbo.accounts");
        assertThat(check(KEYED, BROUGHT.replace("[dbo.", "[bank.dbo."), "publish: accounts")
                        .findings())
                .isEmpty();
    }

    @Test
    void whatDoesNotFitABroughtConnectorIsToldWhereItStands() throws Exception {
        finds(
                BROUGHT.replace("user: u", "url: 'jdbc:sqlserver://h'"),
                "jdbc:sq",
                "'url' means nothing beside 'connector'");
        finds(
                BROUGHT.replace(" classpath: ['lib/*'],", ""),
                "io.x.",
                "the jars of connector 'io.x.SqlServerConnector' are not part of Hippo");
        finds(BROUGHT.replace("'lib/*'", ""), "[],", "the jars of connector");
        finds(BROUGHT.replace("io.x.", "9."), "9.Sql", "'9.SqlServerConnector' is no name of a class");
        finds(BROUGHT.replace("dbo.accounts", "accounts"), "accounts]", "as the connector does in table.include.list");
        finds(BROUGHT.replace("dbo.accounts", "'dbo.*'"), "dbo.*", "is no table's full name");
        finds(BROUGHT.replace("reader: debezium, ", ""), "io.x.", "'connector' means nothing for our own reader");
        finds(
                SOURCE.replace("tables:", "classpath: lib, tables:"),
                "lib",
                "'classpath' means nothing for tables that our own");
        finds(
                SOURCE.replace("tables:", "reader: debezium, classpath: lib, tables:"),
                "lib",
                "'classpath' means nothing for the connectors that Hippo has");
        finds(BROUGHT.replace("tables:", "every: 1m, tables:"), "1m", "'every' means nothing");
        finds(
                "source: {query: select 1, url: 'jdbc:x:y', connector: a.B}",
                "a.B",
                "'connector' means nothing for 'query'");
    }

    @Test
    void aPropertyOfABroughtConnectorThatHippoSetsIsToldWhereItStands() throws Exception {
        String property = "database.names: bank, ";
        String brought = BROUGHT.replace("database.names: bank", property);
        finds(brought.replace(property, property + "snapshot.mode: never"), "snapshot.mode", "is set by Hippo");
        finds(brought.replace(property, property + "database.user: u"), "database.user", "write it as 'user'");
        finds(
                brought.replace(property, property + "database.password: u"),
                "database.password",
                "write it as 'password'");
        finds(
                brought.replace(property, property + "table.include.list: u"),
                "table.include.list",
                "is made of 'tables'");
        finds(
                SOURCE.replace("tables:", "reader: debezium, properties: {max.batch.size: 7, slot.name: s}, tables:"),
                "slot.name",
                "is set by Hippo");
        assertThat(findings(
                        KEYED,
                        brought.replace(property, property + "slot.name: s, snapshot.isolation.mode: snapshot"),
                        "publish: accounts"))
                .isEmpty();
    }

    /** The words are found at the text, which stands in the line of the source; what follows from them may be told too. */
    private void finds(String source, String at, String words) throws IOException {
        int column = "    ".length() + source.indexOf(at) + 1;
        int quoted = source.charAt(source.indexOf(at) - 1) == '\'' ? column - 1 : column;
        assertThat(findings(KEYED, source, "publish: accounts"))
                .first()
                .asString()
                .startsWith("pipeline.yaml:7:" + quoted + ":")
                .contains(words);
    }
}
