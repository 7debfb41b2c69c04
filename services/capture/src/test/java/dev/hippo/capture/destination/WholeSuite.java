// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import dev.hippo.kit.HippoFailure;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.junit.jupiter.api.Test;

/** What a destination of a topic of all changes promises, whatever its database is. */
abstract class WholeSuite extends DestinationBed {
    private static final int LARGE = 100_000;

    WholePipeline wholePipeline() throws Exception {
        return new WholePipeline(folder, kafka, nextName(), login(), schema());
    }

    private String accountsTable(WholePipeline pipeline) {
        return table(pipeline.name + "_a");
    }

    private String ordersTable(WholePipeline pipeline) {
        return table(pipeline.name + "_o");
    }

    Map<String, String> accounts(WholePipeline pipeline) throws SQLException {
        return read("select id, owner, balance from " + accountsTable(pipeline));
    }

    private Map<String, String> orders(WholePipeline pipeline) throws SQLException {
        return read("select id, amount from " + ordersTable(pipeline));
    }

    /** How far the database is. */
    long stored(WholePipeline pipeline) throws SQLException {
        return read("select next_offset from " + table("hippo_positions") + " where pipeline = '" + pipeline.name + "'")
                .keySet()
                .stream()
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }

    private static void kill(Process process) throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Whether the hippo has begun a transaction and not ended it yet. */
    private boolean inTransaction(WholePipeline pipeline) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement
                    .executeQuery("select epoch from " + table("hippo_owners") + " where pipeline = '" + pipeline.name
                            + "' for update nowait")
                    .close();
            return false;
        } catch (SQLException e) {
            return true;
        }
    }

    @Test
    void aSumOverTwoTablesIsNeverWrongThoughTheProcessIsKilledAndATransactionIsLarge() throws Exception {
        try (WholePipeline pipeline = wholePipeline()) {
            Database.open(pipeline.context(), "maker", false).close();
            // what was there before goes away when the snapshot comes, and not before
            execute("insert into " + accountsTable(pipeline) + " values (100000, 'nobody', '" + SourceBank.total()
                    + "')");
            SourceBank bank = new SourceBank(pipeline);
            Process process = pipeline.start();
            try (Look look = new Look(
                    connect(),
                    "select (select coalesce(sum(cast(balance as decimal(20, 2))), 0) from " + accountsTable(pipeline)
                            + ") + (select coalesce(sum(cast(amount as decimal(20, 2))), 0) from "
                            + ordersTable(pipeline) + ")")) {
                bank.snapshot();
                pipeline.commit();
                for (int i = 0; i < 1_500; i++) {
                    bank.transaction();
                    if (i % 50 == 49) {
                        long behind = pipeline.commit();
                        if (i == 999) {
                            awaitStored(pipeline, process, behind);
                        }
                    }
                }
                kill(process);
                process = pipeline.start();
                bank.emptyOrders();
                bank.transaction();
                awaitStored(pipeline, process, pipeline.commit());
                bank.largeTransaction(LARGE, 500);
                bank.transaction();
                pipeline.commit();
                // in the middle of it, unless this process has slept so long
                await().atMost(LONG)
                        .pollInterval(Duration.ofMillis(50))
                        .until(() -> inTransaction(pipeline) || stored(pipeline) > LARGE);
                kill(process);
                Process last = pipeline.start();
                process = last;
                for (int i = 0; i < 100; i++) {
                    bank.transaction();
                }
                pipeline.commit();
                await().atMost(LONG)
                        .failFast(() ->
                                assertThat(last.isAlive()).as(pipeline.output()).isTrue())
                        .pollInterval(Duration.ofMillis(300))
                        .untilAsserted(() -> assertThat(orders(pipeline)).isEqualTo(bank.orders()));
                int before = look.times();
                await().atMost(LONG).until(() -> look.times() > before + 1);
                assertThat(accounts(pipeline)).isEqualTo(bank.accounts());
                assertThat(look.answers()).containsExactly(SourceBank.total());
            } finally {
                kill(process);
            }
        }
    }

    private void awaitStored(WholePipeline pipeline, Process process, long offset) throws Exception {
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(20))
                .failFast(() ->
                        assertThat(process.isAlive()).as(pipeline.output()).isTrue())
                .until(() -> stored(pipeline) >= offset);
    }

    /** What the hippo does, step by step. */
    static final class Copier implements AutoCloseable {
        private final Database database;
        private final TopicFeed feed;
        final WholeDelivery delivery;

        Copier(WholePipeline pipeline) throws Exception {
            database = Database.open(pipeline.context(), "copier", false);
            try {
                feed = TopicFeed.open(pipeline.context(), List.of(pipeline.topic), database.stored());
            } catch (HippoFailure e) {
                database.close();
                throw e;
            }
            delivery = new WholeDelivery(
                    database,
                    feed,
                    pipeline.topic,
                    new DeliveryMeters(new SimpleMeterRegistry(), InstantSource.system()));
        }

        void until(Callable<Boolean> done) {
            await().atMost(LONG).pollInterval(Duration.ofMillis(1)).until(() -> {
                delivery.step();
                return done.call();
            });
        }

        @Override
        public void close() {
            feed.close();
            database.close();
        }
    }

    @Test
    void aSnapshotTakesThePlaceOfAllRowsWhenItIsWhole() throws Exception {
        try (WholePipeline pipeline = wholePipeline();
                Copier copier = new Copier(pipeline)) {
            execute("insert into " + accountsTable(pipeline) + " values (9, 'old', '1')");
            pipeline.tell("snapshot", false, List.of(pipeline.account(Op.READ, 1, "gone", "1")));
            pipeline.tell("snapshot", false, List.of(pipeline.order(Op.READ, 1, "1", "")));
            pipeline.commit();
            copier.until(() -> copier.feed.position(pipeline.partition) >= 2);
            assertThat(accounts(pipeline)).isEqualTo(Map.of("9", "old|1"));
            assertThat(copier.delivery.lag()).isGreaterThanOrEqualTo(2);
            pipeline.breakOff();
            pipeline.tell("snapshot", false, List.of(pipeline.account(Op.READ, 1, "Ada", "1")));
            pipeline.tell("snapshot", false, List.of(pipeline.account(Op.READ, "others", 1, "Eve", "1")));
            pipeline.commit();
            copier.until(() -> copier.feed.position(pipeline.partition) >= 5);
            assertThat(accounts(pipeline)).isEqualTo(Map.of("9", "old|1"));
            pipeline.tell("snapshot", true, List.of(pipeline.account(Op.READ, 2, "Bob", "2")));
            pipeline.commit();
            copier.until(() -> copier.delivery.lag() == 0);
            assertThat(accounts(pipeline)).isEqualTo(Map.of("1", "Ada|1", "2", "Bob|2"));
            // of a snapshot that broke off there may be nothing to tell the next time
            pipeline.tell("snapshot", false, List.of(pipeline.account(Op.READ, 3, "gone", "1")));
            pipeline.breakOff();
            pipeline.tell("t1", true, List.of(pipeline.order(Op.CREATE, 5, "5", "")));
            pipeline.commit();
            copier.until(() -> orders(pipeline).equals(Map.of("5", "5")));
            assertThat(accounts(pipeline)).hasSize(2);
            copier.until(() -> stored(pipeline) == copier.feed.position(pipeline.partition));
        }
    }

    @Test
    void aChangeThatIsSentAgainIsMadeOnceWhoeverGoesOn() throws Exception {
        try (WholePipeline pipeline = wholePipeline()) {
            try (Copier copier = new Copier(pipeline)) {
                pipeline.tell("t1", false, List.of(pipeline.account(Op.CREATE, 1, "Ada", "1")));
                pipeline.tellAgain();
                pipeline.tell("t1", true, List.of(pipeline.account(Op.CREATE, 2, "Bob", "2")));
                pipeline.tellAgain();
                pipeline.commit();
                copier.until(() -> accounts(pipeline).size() == 2);
                pipeline.tellAgain();
                long behind = pipeline.commit();
                copier.until(() -> stored(pipeline) >= behind);
            }
            pipeline.tellAgain();
            pipeline.tell("t2", true, List.of(pipeline.account(Op.DELETE, 1, "Ada", "1")));
            pipeline.commit();
            try (Copier copier = new Copier(pipeline)) {
                copier.until(() -> accounts(pipeline).equals(Map.of("2", "Bob|2")));
            }
        }
    }

    @Test
    void everyKindOfChangeIsMadeInItsPlaceWhoeverGoesOn() throws Exception {
        try (WholePipeline pipeline = wholePipeline()) {
            List<ChangeEvent.Builder> first = List.of(
                    pipeline.account(Op.CREATE, 1, "Ada", "1"),
                    pipeline.account(Op.CREATE, 2, "Bob", "2"),
                    pipeline.order(Op.CREATE, 1, "1", ""));
            ChangeEvent.Builder other = pipeline.account(Op.UPDATE, 4, "Bob", "3");
            other.setBefore(pipeline.account(Op.CREATE, 2, "Bob", "2").getAfter());
            List<ChangeEvent.Builder> second = List.of(
                    pipeline.account(Op.DELETE, 1, "Ada", "1"),
                    pipeline.account(Op.CREATE, 1, "Ada", "7"),
                    other,
                    pipeline.order(Op.CREATE, 2, "2", ""),
                    pipeline.order(Op.TRUNCATE, 0, "", ""),
                    pipeline.account(Op.CREATE, "others", 1, "Eve", "1"),
                    pipeline.order(Op.CREATE, 3, "3", ""));
            try (Copier copier = new Copier(pipeline)) {
                pipeline.tell("t1", true, first);
                pipeline.commit();
                copier.until(() -> copier.delivery.lag() == 0 && stored(pipeline) > 0);
                assertThat(orders(pipeline)).isEqualTo(Map.of("1", "1"));
            }
            pipeline.tell("t2", true, second);
            pipeline.commit();
            try (Copier copier = new Copier(pipeline)) {
                copier.until(
                        () -> copier.delivery.lag() == 0 && orders(pipeline).containsKey("3"));
                assertThat(orders(pipeline)).isEqualTo(Map.of("3", "3"));
                assertThat(accounts(pipeline)).isEqualTo(Map.of("1", "Ada|7", "4", "Bob|3"));
                // what a source does not tell has the value of a later moment in the change, and keeps its own in the
                // table
                pipeline.tell(
                        "t3",
                        true,
                        List.of(
                                pipeline.account(Op.UPDATE, 1, "Ada of tomorrow", "8")
                                        .addUnchanged("owner"),
                                pipeline.account(Op.UPDATE, 4, "", "")
                                        .addUnchanged("owner")
                                        .addUnchanged("balance"),
                                pipeline.account(Op.UPDATE, 5, "New", "9").addUnchanged("owner")));
                pipeline.commit();
                copier.until(() -> accounts(pipeline).containsKey("5"));
                assertThat(accounts(pipeline)).isEqualTo(Map.of("1", "Ada|8", "4", "Bob|3", "5", "New|9"));
                assertThat(orders(pipeline)).isEqualTo(Map.of("3", "3"));
            }
        }
    }

    @Test
    void aChangeThatIsRefusedIsToldAndNothingOfItsTransactionIsThere() throws Exception {
        try (WholePipeline pipeline = wholePipeline()) {
            execute("create table " + accountsTable(pipeline)
                    + " (id bigint primary key, owner varchar(5), balance decimal(6, 2))");
            try (Copier copier = new Copier(pipeline)) {
                pipeline.tell("t1", true, List.of(pipeline.account(Op.CREATE, 1, "Ada", "1.50")));
                pipeline.tell(
                        "t2",
                        true,
                        List.of(
                                pipeline.order(Op.CREATE, 1, "1", ""),
                                pipeline.account(Op.UPDATE, 1, "Ada", "2.50"),
                                pipeline.account(Op.CREATE, 3, "Charlotte", "1")));
                pipeline.commit();
                HippoFailure told = null;
                while (told == null) {
                    try {
                        copier.delivery.step();
                    } catch (HippoFailure e) {
                        told = e;
                    }
                }
                assertThat(told)
                        .hasMessageContaining(pipeline.topic + "/0/3 (key '3')")
                        .hasMessageContaining("table " + accountsTable(pipeline))
                        .hasMessageContaining("too long");
            }
            assertThat(orders(pipeline)).isEmpty();
            assertThat(accounts(pipeline).values()).doesNotContain("Ada|2.50");
        }
    }

    @Test
    void rowsThatHangTogetherAreWrittenInTheOrderOfTheStatements() throws Exception {
        try (WholePipeline pipeline = wholePipeline()) {
            Database.open(pipeline.context(), "maker", false).close();
            execute("alter table " + ordersTable(pipeline) + " add constraint " + pipeline.name
                    + "_f foreign key (id) references " + accountsTable(pipeline) + " (id) on delete cascade");
            try (Copier copier = new Copier(pipeline)) {
                pipeline.tell(
                        "t1",
                        true,
                        List.of(
                                pipeline.account(Op.CREATE, 1, "Ada", "1"),
                                pipeline.order(Op.CREATE, 1, "1", ""),
                                pipeline.order(Op.DELETE, 1, "1", ""),
                                pipeline.account(Op.DELETE, 1, "Ada", "1"),
                                pipeline.account(Op.CREATE, 2, "Bob", "1"),
                                pipeline.account(Op.CREATE, 3, "Bob", "1"),
                                pipeline.order(Op.CREATE, 2, "1", ""),
                                pipeline.order(Op.CREATE, 3, "1", "")));
                pipeline.tell(
                        "t2",
                        true,
                        List.of(pipeline.order(Op.DELETE, 2, "1", ""), pipeline.account(Op.DELETE, 2, "Bob", "1")));
                pipeline.commit();
                copier.until(() -> accounts(pipeline).equals(Map.of("3", "Bob|1")));
                assertThat(orders(pipeline)).isEqualTo(Map.of("3", "1"));
                // MariaDB's log does not tell what goes away with another row
                pipeline.tell(
                        "t3",
                        true,
                        List.of(
                                pipeline.account(Op.DELETE, 3, "Bob", "1"),
                                pipeline.account(Op.CREATE, 3, "Bob", "2")));
                pipeline.commit();
                copier.until(() -> accounts(pipeline).equals(Map.of("3", "Bob|2")));
                assertThat(orders(pipeline)).isEmpty();
            }
        }
    }

    @Test
    void changesThatAreGoneFromTheTopicAreToldAndNotPassedOver() throws Exception {
        try (WholePipeline pipeline = wholePipeline()) {
            pipeline.tell("t1", true, List.of(pipeline.account(Op.CREATE, 1, "Ada", "1")));
            pipeline.commit();
            try (Copier copier = new Copier(pipeline)) {
                copier.until(() -> copier.delivery.lag() == 0 && stored(pipeline) > 0);
            }
            pipeline.tell("t2", true, List.of(pipeline.account(Op.CREATE, 2, "Bob", "1")));
            pipeline.tell("t3", true, List.of(pipeline.account(Op.CREATE, 3, "Eve", "1")));
            pipeline.commit();
            try (Admin admin = kafka.admin(kafka.clientProperties("admin"))) {
                long first = stored(pipeline) + 1;
                admin.deleteRecords(Map.of(pipeline.partition, RecordsToDelete.beforeOffset(first)))
                        .all()
                        .get();
            }
            assertThatThrownBy(() -> new Copier(pipeline))
                    .isInstanceOf(HippoFailure.class)
                    .hasMessageContaining("deleted by the topic's retention")
                    .hasMessageContaining("let the capture take a new snapshot");
            execute("delete from " + table("hippo_positions") + " where pipeline = '" + pipeline.name + "'");
            assertThatThrownBy(() -> new Copier(pipeline))
                    .isInstanceOf(HippoFailure.class)
                    .hasMessageContaining("its first changes were deleted by its retention");
        }
    }
}
