// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import dev.hippo.contracts.Contract;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.wire.EventHeaders;
import dev.hippo.wire.PipelineTopics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a db-etl does with what a reader of the log tells, whichever database and whichever reader it is. */
abstract class LogReaderTests extends RunningCapture {
    @Test
    void theTopicHasTheLatestRowsOfTheTableFromTheFirstSnapshotOn() throws Exception {
        new Running();
        awaitEqual();
        execute(
                "update " + table + " set balance = balance - 1 where id <= 10",
                "delete from " + table + " where id > 90",
                "insert into " + table + " values (1000, 'Ada', null)",
                "update " + table + " set id = 2000 where id = 50");
        awaitEqual();
        assertThat(told()).hasSize(91).containsKeys("1000", "2000").doesNotContainKeys("50", "91");
    }

    @Test
    void allChangesAreToldInTheirTransactionsAndInTheOrderOfTheStatements() throws Exception {
        tellBefore(table);
        new Running();
        awaitEqual();
        transaction(
                "update " + table + " set balance = 1 where id = 3",
                "delete from " + table + " where id = 2",
                "insert into " + table + " values (500, repeat('x', 3000000), 9)");
        execute("update " + table + " set balance = 2 where id = 3");
        awaitEqual();
        List<ChangeEvent> changes = changes();
        List<ChangeEvent> stream = changes.subList(100, changes.size());
        assertThat(changes.subList(0, 100))
                .allMatch(change -> change.getOp() == Op.READ
                        && change.getTransaction().getId().equals("snapshot"));
        assertThat(stream.stream().map(ChangeEvent::getOp)).containsExactly(Op.UPDATE, Op.DELETE, Op.CREATE, Op.UPDATE);
        assertThat(stream.stream().map(change -> change.getTransaction().getIndex()))
                .containsExactly(0, 1, 2, 0);
        assertThat(stream.stream().map(change -> change.getTransaction().hasEnd()))
                .containsExactly(false, false, true, true);
        Contract contract = pipeline.contracts().contract("bank.v1.Account").orElseThrow();
        assertThat(contract.json().toJson(stream.get(0).getBefore().toByteArray()))
                .contains("\"balance\":\"100.50\"");
        assertThat(contract.json().toJson(stream.get(0).getAfter().toByteArray()))
                .contains("\"balance\":\"1.00\"");
        assertThat(contract.json().toJson(stream.get(1).getKey().toByteArray())).isEqualTo("{\"id\":\"2\"}");
        assertThat(stream.get(1).hasAfter()).isFalse();
        assertThat(stream.get(2).getAfter().size()).isGreaterThan(3_000_000);
        assertThat(stream.get(2).getContract()).isEqualTo("bank.v1.Account");
    }

    @Test
    void aTableThatIsAddedComesWithItsHistoryWhileItIsWrittenTo() throws Exception {
        Running before = new Running();
        awaitEqual();
        before.service.stop();
        String added = table + "_added";
        create(added);
        execute("update " + table + " set balance = 1 where id = 1", "delete from " + added + " where id = 2");
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("[" + table + "]", "[" + table + ", " + added + "]")
                        .replace("publish: accounts-" + name, "publish: [accounts-" + name + ", added-" + name + "]")
                        .replace(
                                "topics:\n",
                                "topics:\n  added-" + name
                                        + ": {contract: bank.v1.Account, key: id, changelog: true}\n"));
        pipeline = PipelineFile.read(file, null, Map.of()).spec();
        PipelineTopics.ensure(pipeline, kafka, LONG);
        new Running();
        for (int i = 3; i < 60; i++) {
            transaction(
                    "update " + added + " set balance = balance + 1 where id = " + i,
                    "insert into " + added + " values (" + (i + 1_000) + ", 'new', 1)",
                    "delete from " + added + " where id = " + (i + 999));
        }
        execute("truncate table " + table);
        awaitEqual();
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(300))
                .until(() -> told("added-" + name).equals(there(added)));
        assertThat(there(added)).hasSize(100);
    }

    @Test
    void truncateTakesAwayTheRowsOfBeforeAndNotThoseOfAfter() throws Exception {
        new Running();
        awaitEqual();
        transaction(
                "insert into " + table + " values (5000, 'Ada', 1)",
                "truncate table " + table,
                "insert into " + table + " values (5001, 'Bob', 2), (7, 'Eve', 3)");
        execute("insert into " + table + " values (5002, 'Zoe', 4)");
        awaitEqual();
        assertThat(told()).containsOnlyKeys("7", "5001", "5002");
    }

    @Test
    void whateverWasWrittenWhileItWasAwayIsToldOnceAfterwards() throws Exception {
        Random random = new Random(4);
        for (int round = 0; round < 4; round++) {
            Running process = new Running();
            awaitEqual();
            for (int i = 0; i < 50; i++) {
                int id = 1 + random.nextInt(100);
                execute("update " + table + " set balance = balance + 1, owner = 'round " + round + " " + i
                        + "' where id = " + id);
            }
            process.service.stop();
            execute("insert into " + table + " values (" + (5_000 + round) + ", 'away', 1)");
        }
        new Running();
        awaitEqual();
        List<String> ids = records().stream()
                .map(record ->
                        new String(record.headers().lastHeader(EventHeaders.ID).value(), StandardCharsets.UTF_8))
                .filter(id -> !id.startsWith("snapshot"))
                .toList();
        assertThat(ids).hasSize(204).doesNotHaveDuplicates();
    }

    @Test
    void aColumnThatIsAddedWhileNobodyReadsIsLeftOutOfRowsFromBeforeAndBehindIt() throws Exception {
        Running first = new Running();
        awaitEqual();
        first.service.stop();
        execute(
                "update " + table + " set balance = 1 where id = 1",
                "alter table " + table + " add column note varchar(20)",
                "insert into " + table + " values (200, 'Ada', 1, 'new')",
                "update " + table + " set balance = 2, note = 'old' where id = 2");
        new Running();
        awaitEqual();
        assertThat(told()).containsKey("200");
    }
}
