// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A table has the last row of each key, whatever was written to it and how. */
final class MergeTest {
    private static final String FIELDS = """
            string text = 1; int32 small = 2; uint64 big = 3; bytes raw = 4; Colour colour = 5; bool yes = 6; sint64 signed = 7; Inner inner = 8;
            int64 n = 9; string note = 10; repeated string tags = 11; map<string, Inner> more = 12; optional double part = 13; uint32 count = 14;
            """;

    private static final String PROTO = proto(FIELDS);
    /** Longer than what statistics keep of a text. */
    private static final String PREFIX = "the same forty characters before each é: ";

    private static final Merge.LeafSize TINY = new Merge.LeafSize(1 << 20, 20);

    @TempDir
    Path folder;

    private static String proto(String fields) {
        return """
                syntax = "proto3";
                package e;
                enum Colour { GREEN = 0; RED = 1; BLUE = 7; }
                message Inner { string code = 1; int32 level = 2; }
                message Row { %s }
                """.formatted(fields);
    }

    private MergedTable table(String... key) throws Exception {
        return new MergedTable(folder, PROTO, List.of(key), List.of(), TINY);
    }

    private static String text(int number) {
        return String.format(Locale.ROOT, "\"text\": \"%s%04d\"", PREFIX, number);
    }

    private static String any(Random random) {
        String colour = List.of("GREEN", "RED", "BLUE").get(random.nextInt(3));
        String big = random.nextBoolean() ? "1844674407370955" + (1600 + random.nextInt(15)) : "" + random.nextInt(40);
        return text(random.nextInt(60)) + ", \"small\": " + (random.nextInt(80) - 40) + ", \"big\": \"" + big
                + "\", \"raw\": \""
                + List.of("", "AA==", "/w==", "gA==", "AQID").get(random.nextInt(5))
                + "\", \"colour\": \"" + colour + "\", \"yes\": " + random.nextBoolean() + ", \"signed\": "
                + (random.nextLong() >> random.nextInt(64)) % 50 + ", \"count\": "
                + (4_294_967_295L - random.nextInt(30)) + ", \"tags\": [\"a\", \"b\"]"
                + (random.nextBoolean()
                        ? ", \"inner\": {\"code\": \"" + random.nextInt(30) + "\"}, \"more\": {\"k\": {\"level\": 3}}"
                        : ", \"part\": 0.5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text",
                "small",
                "big",
                "raw colour",
                "yes signed",
                "inner.code",
                "count",
                "colour text",
                "text small yes",
                "signed inner.code raw"
            })
    void whateverTheKeyIsTheLastRowOfEachIsThere(String key) throws Exception {
        MergedTable table = table(key.split(" ", -1));
        Random random = new Random(key.hashCode());
        for (int commit = 0; commit < 8; commit++) {
            int changes = commit == 0 ? 150 : 1 + random.nextInt(40);
            for (int i = 0; i < changes; i++) {
                if (random.nextInt(3) == 0) {
                    table.delete(any(random));
                } else {
                    table.put(any(random));
                }
            }
            table.commit();
            if (commit % 3 == 1) {
                assertThat(table.rows()).as("commit %d", commit).isEqualTo(table.expected());
            }
        }
        assertThat(table.reader()
                        .query("select count(*) from t where tags[2] <> 'b' or (part is null) = (\"inner\" is null)"))
                .containsExactly("0");
    }

    @Test
    void aTableGrowsAndShrinksByFilesThatDoNotOverlap() throws Exception {
        MergedTable table = table("text");
        Random random = new Random(7);
        for (int commit = 0; commit < 16; commit++) {
            for (int i = 0; i < 60; i++) {
                // grows at first, shrinks at last
                if (random.nextInt(16) < commit) {
                    table.delete(text(random.nextInt(300)));
                } else {
                    table.put(text(random.nextInt(300)));
                }
            }
            table.commit();
            assertThat(table.rows()).as("commit %d", commit).isEqualTo(table.expected());
            if (commit == 6) {
                assertThat(table.reader().liveFiles()).hasSizeGreaterThan(5);
            }
        }
        for (int i = 0; i < 300; i++) {
            table.delete(text(i));
        }
        table.commit();
        assertThat(table.rows()).isEmpty();
        assertThat(table.reader().liveFiles()).isEmpty();
        table.put(text(1));
        table.commit();
        assertThat(table.rows()).isEqualTo(table.expected());
    }

    @Test
    void aChangedRowCostsOneFile() throws Exception {
        MergedTable table = table("small");
        for (int i = 0; i < 800; i++) {
            table.put("\"small\": " + i);
        }
        table.commit();
        assertThat(table.lastCommit()).isEqualTo(List.of(40L, 0L));
        table.put("\"small\": 777");
        table.delete("\"small\": 778");
        table.delete("\"small\": 50000");
        table.commit();
        assertThat(table.lastCommit()).isEqualTo(List.of(1L, 1L));
        assertThat(table.rows()).isEqualTo(table.expected());
    }

    @Test
    void rowsBehindAllOthersAreNewFiles() throws Exception {
        MergedTable table = table("small");
        for (int load = 0; load < 3; load++) {
            for (int i = 0; i < 200; i++) {
                table.put("\"small\": " + (load * 200 + i));
            }
            table.commit();
            assertThat(table.lastCommit()).isEqualTo(List.of(10L, 0L));
        }
        // few rows at a time do not become as many files
        for (int i = 600; i < 640; i++) {
            table.put("\"small\": " + i);
            table.commit();
        }
        assertThat(table.reader().liveFiles()).hasSizeBetween(32, 35);
        assertThat(table.rows()).isEqualTo(table.expected());
    }

    @Test
    void anotherEngineMayWriteTheFilesAnewAtAnyTime() throws Exception {
        MergedTable table = table("text", "small");
        Random random = new Random(3);
        for (int commit = 0; commit < 8; commit++) {
            for (int i = 0; i < 80; i++) {
                String fields = text(random.nextInt(30)) + ", \"small\": " + random.nextInt(10);
                if (random.nextInt(3) == 0) {
                    table.delete(fields);
                } else {
                    table.put(fields);
                }
            }
            AtomicInteger attempts = new AtomicInteger();
            boolean meanwhile = commit % 2 == 1;
            table.commit(() -> {
                if (attempts.incrementAndGet() == 1 && meanwhile) {
                    table.optimize();
                }
            });
            assertThat(attempts).hasValue(meanwhile ? 2 : 1);
            assertThat(table.rows()).as("commit %d", commit).isEqualTo(table.expected());
        }
        // what the given up attempts wrote is not left behind
        Set<Path> named = new HashSet<>();
        for (JsonNode add : table.reader().actions("add")) {
            named.add(Path.of(table.location(), add.path("path").asText()));
        }
        assertThat(named).containsAll(table.reader().files());
    }

    @Test
    void aWriterThatDiesBetweenWritingAndCommittingHasChangedNothing() throws Exception {
        MergedTable table = table("small");
        for (int i = 0; i < 100; i++) {
            table.put("\"small\": " + i);
        }
        table.commit();
        var before = table.rows();
        for (int i = 50; i < 150; i++) {
            table.put("\"small\": " + i);
        }
        assertThatThrownBy(() -> table.commit(() -> {
                    throw new IllegalStateException("killed");
                }))
                .hasMessageContaining("killed");
        assertThat(table.rows()).isEqualTo(before);
        table.open(PROTO);
        for (int i = 50; i < 150; i++) {
            table.put("\"small\": " + i);
        }
        table.commit();
        assertThat(table.rows()).isEqualTo(table.expected()).hasSize(150);
    }

    @Test
    void rowsFromBeforeAContractGainedAFieldStayAsTheyWere() throws Exception {
        MergedTable table = table("small");
        for (int i = 0; i < 60; i++) {
            table.put("\"small\": " + i + ", \"inner\": {\"code\": \"c\"}");
        }
        table.commit();
        table.open(proto(FIELDS + "optional string added = 15;")
                .replace("int32 level = 2;", "int32 level = 2; optional string deep = 3;"));
        for (int i = 40; i < 80; i++) {
            table.put("\"small\": " + i + ", \"added\": \"new\", \"inner\": {\"code\": \"d\", \"deep\": \"e\"}");
        }
        table.delete("\"small\": 0");
        table.commit();
        assertThat(table.rows()).isEqualTo(table.expected()).hasSize(79);
        assertThat(table.reader().query("select count(*) from t where added = 'new' and \"inner\".deep = 'e'"))
                .containsExactly("40");
        assertThat(
                        table.reader()
                                .query(
                                        "select count(*) from t where added is null and \"inner\".code = 'c' and \"inner\".deep is null"))
                .containsExactly("39");
    }

    @Test
    void aPartitionIsPartOfTheKey() throws Exception {
        MergedTable table = new MergedTable(folder, PROTO, List.of("text", "small"), List.of("text"), TINY);
        Random random = new Random(5);
        List<String> texts = List.of("", "a/b c%20", "é", "plain");
        for (int commit = 0; commit < 8; commit++) {
            for (int i = 0; i < 60; i++) {
                String fields = "\"text\": \"" + texts.get(random.nextInt(4)) + "\", \"small\": " + random.nextInt(50);
                if (random.nextInt(3) == 0) {
                    table.delete(fields);
                } else {
                    table.put(fields);
                }
            }
            table.commit();
            assertThat(table.rows()).as("commit %d", commit).isEqualTo(table.expected());
        }
        assertThat(table.reader().actions("add"))
                .extracting(add -> add.path("partitionValues").path("text").asText("none"))
                .contains("a/b c%20", "é", "plain");
    }

    @Test
    void replacedFilesAreDeletedWhenTheyAreOldAndNeverALiveOne() throws Exception {
        MergedTable table = table("small");
        for (int commit = 0; commit < 5; commit++) {
            for (int i = 0; i < 100; i++) {
                table.put("\"small\": " + i);
            }
            table.commit();
        }
        int all = table.reader().files().size();
        assertThat(table.sweep(-1)).isEqualTo(-1);
        assertThat(table.reader().files()).hasSize(all);
        table.passTime(Duration.ofMinutes(59));
        table.put("\"small\": 1");
        table.commit();
        assertThat(table.sweep(-1)).isEqualTo(-1);
        table.passTime(Duration.ofMinutes(2));
        // the last version's own time is that of the file system; what it replaced says when
        assertThat(table.sweep(-1)).isEqualTo(5);
        assertThat(table.reader().files()).hasSize(table.reader().liveFiles().size() + 1);
        assertThat(table.rows()).isEqualTo(table.expected());
        assertThat(table.sweep(5)).isEqualTo(5);
        table.passTime(Duration.ofHours(2));
        assertThat(table.sweep(5)).isEqualTo(6);
        assertThat(table.reader().files())
                .containsExactlyInAnyOrderElementsOf(table.reader().liveFiles());
        assertThat(table.reader()
                        .actions("metaData")
                        .get(0)
                        .path("configuration")
                        .toString())
                .isEqualTo("{\"delta.deletedFileRetentionDuration\":\"interval 3600 seconds\"}");
        assertThat(table.reader().actions("remove")).allSatisfy(remove -> {
            assertThat(remove.path("dataChange").asBoolean()).isTrue();
            assertThat(remove.path("extendedFileMetadata").asBoolean()).isTrue();
            assertThat(remove.path("size").asLong()).isPositive();
        });
        assertThat(table.reader()
                        .actions("protocol")
                        .get(0)
                        .path("minReaderVersion")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void aRecordThatNamesNoRowIsRefused() throws Exception {
        MergedTable table = table("text", "small");
        Gathering pending = table.pending();
        byte[] nothing = {};
        assertThatThrownBy(() -> pending.add(MergedTable.record(null, nothing))).hasMessageContaining("has no key");
        for (String key : List.of("a", "[\"a\"]", "[\"a\",\"x\"]", "[\"a\",\"07\"]")) {
            assertThatThrownBy(() -> pending.add(MergedTable.record(bytes(key), null)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> pending.add(MergedTable.record(bytes("[\"a\",\"7\"]"), nothing)))
                .hasMessageContaining("names another row");
        assertThat(pending.records()).isZero();
        assertThat(Files.exists(Path.of(table.location()))).isTrue();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
