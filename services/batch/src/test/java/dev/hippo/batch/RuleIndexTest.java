// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hippo.pipeline.NamePattern;
import dev.hippo.pipeline.RuleSpec;
import dev.hippo.pipeline.RuleSpec.Outcome;
import dev.hippo.pipeline.RuleSpec.TableReady;
import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Signal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RuleIndexTest {
    private static final String LETTERS = "ab*";

    @Test
    void findsWhatComparingWithEveryRuleFinds() {
        Random random = new Random(11);
        List<RuleSpec> rules = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            rules.add(RuleSpec.of(new TableReady("t", "*", word(random, LETTERS), "*", Outcome.SUCCESS, Map.of())));
        }
        RuleIndex index = RuleIndex.of(rules);
        List<NamePattern> patterns = rules.stream()
                .map(rule -> NamePattern.of(((TableReady) rule.conditions().get(0)).table()))
                .toList();
        int found = 0;
        for (int i = 0; i < 1_000; i++) {
            String table = word(random, "ab");
            List<Integer> expected = IntStream.range(0, rules.size())
                    .filter(rule -> patterns.get(rule).matches(table))
                    .boxed()
                    .toList();
            assertThat(index.match("t", notice(table), PartitionValues.WHOLE).stream()
                            .map(RuleIndex.Match::rule))
                    .containsExactlyElementsOf(expected);
            found += expected.size();
        }
        assertThat(found).isPositive();
    }

    @Test
    void findsTheValuesOfPartitionsThatComparingWithEveryRuleFinds() {
        Random random = new Random(12);
        List<Map<String, String>> wanted = new ArrayList<>();
        List<RuleSpec> rules = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            Map<String, String> partition = random.nextBoolean()
                    ? Map.of("Country", word(random, LETTERS))
                    : Map.of("country", word(random, LETTERS), "day", word(random, LETTERS));
            wanted.add(partition);
            rules.add(RuleSpec.of(new TableReady("t", "*", "orders", "*", Outcome.SUCCESS, partition)));
        }
        RuleIndex index = RuleIndex.of(rules);
        int found = 0;
        for (int i = 0; i < 1_000; i++) {
            Map<String, String> given = Map.of("COUNTRY", word(random, "ab"), "DAY", word(random, "ab"));
            List<Integer> expected = IntStream.range(0, rules.size())
                    .filter(rule -> wanted.get(rule).entrySet().stream()
                            .allMatch(column -> NamePattern.of(column.getValue())
                                    .matches(given.get(column.getKey().toUpperCase(Locale.ROOT)))))
                    .boxed()
                    .toList();
            assertThat(index.match("t", notice("orders"), new PartitionValues(given)).stream()
                            .map(RuleIndex.Match::rule))
                    .containsExactlyElementsOf(expected);
            found += expected.size();
        }
        assertThat(found).isPositive();
    }

    private static Signal notice(String table) {
        return new Signal.Notice(
                "db",
                table,
                "",
                true,
                List.of(PartitionValues.WHOLE),
                new DataVersion(Instant.EPOCH, 0),
                JsonNodeFactory.instance.objectNode());
    }

    private static String word(Random random, String letters) {
        StringBuilder word = new StringBuilder();
        int length = 1 + random.nextInt(6);
        for (int i = 0; i < length; i++) {
            word.append(letters.charAt(random.nextInt(letters.length())));
        }
        return word.toString();
    }
}
