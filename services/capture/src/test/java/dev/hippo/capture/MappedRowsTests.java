// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import dev.hippo.contracts.Contract;
import dev.hippo.pipeline.PipelineFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is told of rows when the pipeline file asks for some of them, under other names, in part, or without a key. */
abstract class MappedRowsTests extends CopyTests {
    private void say(String tables, String message, String publish) throws Exception {
        Files.writeString(
                folder.resolve("contracts/bank.proto"), "syntax = \"proto3\";\npackage bank.v1;\n" + message + "\n");
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace(
                                "tables: [" + table + "]",
                                (tables.contains("hash") ? "salt: pssst, " : "") + "tables: {" + tables + "}")
                        .replace("publish: accounts-" + name, publish));
        pipeline = PipelineFile.read(file, null, Map.of()).spec();
    }

    private void awaitTold(Map<String, String> rows) {
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(300))
                .untilAsserted(() -> assertThat(told()).isEqualTo(rows));
    }

    @Test
    void onlyTheWantedRowsAreToldUnderTheirOtherNamesAndInPart() throws Exception {
        tellBefore(table);
        say(
                table + ": {where: {id: 95..2000, sum: '100.5*'}, rename: {balance: sum}, mask: {owner: last 2}}, "
                        + schema() + ".hashed_" + name + ": {contract: bank.v1.Account, mask: {owner: hash}}",
                "message Account { int64 id = 1; string owner = 2; string sum = 9; }",
                "publish: accounts-" + name);
        execute("create table " + schema() + ".hashed_" + name + " (id bigint primary key, owner " + longText()
                + " not null, sum numeric(12,2))");
        new Running();
        Map<String, String> rows = new TreeMap<>();
        for (int id = 95; id <= 100; id++) {
            String owner = "owner " + id;
            rows.put(
                    Integer.toString(id),
                    "{\"id\":\"" + id + "\",\"owner\":\"" + "*".repeat(owner.length() - 2)
                            + owner.substring(owner.length() - 2) + "\",\"sum\":\"100.50\"}");
        }
        awaitTold(rows);
        execute(
                "update " + table + " set balance = 1 where id in (50, 96)",
                "update " + table + " set balance = 2 where id = 97",
                "update " + table + " set balance = 100.55 where id = 97",
                "delete from " + table + " where id in (1, 98)",
                "insert into " + table + " values (1000, 'me', 100.50), (3000, 'me', 100.50)");
        rows.remove("96");
        rows.remove("98");
        rows.put("97", rows.get("97").replace("100.50", "100.55"));
        rows.put("1000", "{\"id\":\"1000\",\"owner\":\"**\",\"sum\":\"100.50\"}");
        awaitTold(rows);
        List<ChangeEvent> changes = changes();
        assertThat(changes.subList(6, changes.size()).stream().map(ChangeEvent::getOp))
                .as("what happens to rows out of sight is not told")
                .containsExactly(Op.DELETE, Op.DELETE, Op.CREATE, Op.DELETE, Op.CREATE);
        execute("insert into " + schema() + ".hashed_" + name + " values (1, 'Ada', 1)");
        await().atMost(LONG).until(() -> changes().size() > changes.size());
        Contract contract = pipeline.contracts().contract("bank.v1.Account").orElseThrow();
        ChangeEvent hashed = changes().get(changes.size());
        assertThat(hashed.getTable()).isEqualTo(schema() + ".hashed_" + name);
        assertThat(contract.json().toJson(hashed.getAfter().toByteArray()))
                .doesNotContain("Ada")
                .containsPattern("\"owner\":\"[0-9a-f]{32}\"");
        Verify verify = verify();
        assertThat(verify.run(table, 10).path("differences")).isEmpty();
    }

    @Test
    void aTableWithoutAKeyAndWithOddNamesIsToldAmongAllChanges() throws Exception {
        String odd = schema() + "." + quoted("odd näme " + name);
        execute("create table " + odd + " (" + quoted("the välue") + " " + longText() + ", n int)");
        tellBefore(odd);
        execute("insert into " + odd + " values ('a', 1), ('a', 1), (null, null)");
        say(
                table + ": {}, '" + schema() + ".odd näme " + name
                        + "': {contract: bank.v1.Odd, rename: {the välue: text}}",
                "message Account { int64 id = 1; string owner = 2; string balance = 3; }\n"
                        + "message Odd { optional string text = 1; optional int32 n = 2; }",
                "publish: accounts-" + name);
        new Running();
        awaitEqual();
        execute(
                "insert into " + odd + " values ('b', 2)",
                "update " + odd + " set n = 3 where n = 1",
                "delete from " + odd + " where n is null");
        await().atMost(LONG).untilAsserted(() -> assertThat(odd()).hasSize(7));
        assertThat(odd().subList(0, 3))
                .containsExactlyInAnyOrder(
                        "READ -; -; {\"text\":\"a\",\"n\":1}", "READ -; -; {\"text\":\"a\",\"n\":1}", "READ -; -; {}");
        assertThat(odd().subList(3, 7))
                .containsExactly(
                        "CREATE -; -; {\"text\":\"b\",\"n\":2}",
                        "UPDATE -; {\"text\":\"a\",\"n\":1}; {\"text\":\"a\",\"n\":3}",
                        "UPDATE -; {\"text\":\"a\",\"n\":1}; {\"text\":\"a\",\"n\":3}",
                        "DELETE -; {}; -");
    }

    @Test
    void columnsAreToldInMessages() throws Exception {
        String places = schema() + ".places_" + name;
        execute("create table " + places + " (street " + longText() + ", id bigint primary key, zip " + longText()
                + ", city " + longText() + ")");
        tellBefore(table);
        say(
                table
                        + ": {where: {person.name: 'owner 9*'}, rename: {owner: person.name, balance: person.account.sum}}, "
                        + places + ": {contract: bank.v1.Place, mask: {address.town.zip: first 1},"
                        + " rename: {street: address.street, city: address.town.city, zip: address.town.zip}}",
                "message Account { int64 id = 1; Person person = 2; }\n"
                        + "message Person { Sum account = 7; string name = 3; }\n"
                        + "message Sum { optional string sum = 1; }\n"
                        + "message Place { int64 id = 1; Address address = 2; }\n"
                        + "message Address { Town town = 1; optional string street = 2; }\n"
                        + "message Town { optional string zip = 1; optional string city = 2; }",
                "publish: accounts-" + name);
        new Running();
        Map<String, String> rows = new TreeMap<>();
        for (int id : new int[] {9, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99}) {
            rows.put(
                    Integer.toString(id),
                    "{\"id\":\"" + id + "\",\"person\":{\"name\":\"owner " + id
                            + "\",\"account\":{\"sum\":\"100.50\"}}}");
        }
        awaitTold(rows);
        execute(
                "update " + table + " set balance = null where id = 9",
                "update " + table + " set owner = 'owner 1' where id = 91");
        rows.put("9", "{\"id\":\"9\",\"person\":{\"name\":\"owner 9\"}}");
        rows.remove("91");
        awaitTold(rows);
        int before = changes().size();
        execute(
                "insert into " + places + " values (null, 1, null, null), ('Elm', 2, null, null)",
                "insert into " + places + " values (null, 3, '1234', 'Ulm')");
        await().atMost(LONG).until(() -> changes().size() == before + 3);
        Contract contract = pipeline.contracts().contract("bank.v1.Place").orElseThrow();
        List<String> told = new ArrayList<>();
        for (ChangeEvent change : changes().subList(before, before + 3)) {
            told.add(json(contract, true, change.getKey()) + json(contract, true, change.getAfter()));
        }
        assertThat(told)
                .containsExactly(
                        "{\"id\":\"1\"}{\"id\":\"1\"}",
                        "{\"id\":\"2\"}{\"id\":\"2\",\"address\":{\"street\":\"Elm\"}}",
                        "{\"id\":\"3\"}{\"id\":\"3\",\"address\":{\"town\":{\"zip\":\"1***\",\"city\":\"Ulm\"}}}");
        assertThat(verify().run(table, 10).path("differences")).isEmpty();
    }

    /** What was told of the table without a key: what, the key, the row before and after. */
    private List<String> odd() throws Exception {
        Contract contract = pipeline.contracts().contract("bank.v1.Odd").orElseThrow();
        List<String> told = new ArrayList<>();
        for (ChangeEvent change : changes()) {
            if (change.getTable().contains("odd")) {
                told.add(change.getOp() + " " + json(contract, change.hasKey(), change.getKey()) + "; "
                        + json(contract, change.hasBefore(), change.getBefore()) + "; "
                        + json(contract, change.hasAfter(), change.getAfter()));
            }
        }
        return told;
    }

    private static String json(Contract contract, boolean there, ByteString image) throws Exception {
        return there ? contract.json().toJson(image.toByteArray()) : "-";
    }
}
