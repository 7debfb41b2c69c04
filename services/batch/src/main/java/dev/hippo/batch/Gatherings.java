// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.pipeline.HippoSettings.Batch.Repeat;
import dev.hippo.pipeline.RuleSpec;
import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Trigger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the rules with several conditions of one hippo have received, for every partition. Not thread-safe. */
final class Gatherings {
    private static final Logger log = LoggerFactory.getLogger(Gatherings.class);

    /** Of a message that is counted no more is kept whole. */
    private static final int LONGEST_COUNTED = 512;

    private static final List<String> NAMES =
            List.of("db", "table", "method", "hippo_name", "mission_id", "exec_date", "version");

    private final String prefix;
    private final Batch settings;
    private final Map<String, Gathering> all = new LinkedHashMap<>();
    /** Those for which a wait runs. */
    private final Set<Gathering> waiting = new LinkedHashSet<>();

    /** Of a hippo whose records' keys begin like that. */
    Gatherings(String prefix, Batch settings) {
        this.prefix = prefix;
        this.settings = settings;
    }

    /**
     * What is complete, or has waited for too long.
     *
     * @param missing the conditions for which nothing has come, for people; empty when it is complete
     */
    record Ready(RuleSpec rule, PartitionValues partition, DataVersion version, Trigger trigger, String missing) {}

    /** Takes over what was written; what belongs to a rule that is no more is left out. */
    void restore(Gathering gathering) {
        rule(gathering)
                .filter(rule -> rule.conditions().size() == gathering.size())
                .ifPresent(rule -> {
                    Gathering before = all.put(gathering.key(prefix), gathering);
                    if (before != null) {
                        waiting.remove(before);
                    }
                    watch(rule, gathering);
                });
    }

    private void watch(RuleSpec rule, Gathering gathering) {
        if (gathering.since() == null || rule.within().isZero()) {
            waiting.remove(gathering);
        } else {
            waiting.add(gathering);
        }
    }

    /**
     * Takes a message in that meets one condition of a rule.
     *
     * @param part index of the condition
     * @return what has become complete by it; null if nothing has
     */
    @Nullable
    Ready take(
            RuleSpec rule,
            int part,
            PartitionValues partition,
            DataVersion version,
            Trigger.Source source,
            Instant now,
            Changes changes) {
        PartitionValues about = rule.by().isEmpty() ? partition : agreeing(partition, rule.by());
        if (!rule.by().isEmpty() && about.columns().size() < rule.by().size()) {
            log.warn(
                    "Does not count: its partition has no column by which is counted rule={} partition={} message={}",
                    rule,
                    partition,
                    source.place());
            return null;
        }
        Gathering fresh =
                new Gathering(rule.toString(), about, rule.conditions().size(), rule.count());
        Gathering gathering = all.computeIfAbsent(fresh.key(prefix), key -> fresh);
        boolean taken = rule.counts()
                ? gathering.count(
                        rule.by().isEmpty() ? version.text() : partition.values(),
                        partition.values() + "@" + version.text(),
                        version,
                        shortened(source),
                        now)
                : gathering.take(part, version, source, settings.repeat() == Repeat.QUEUE, now);
        if (!taken) {
            log.info("Not newer than what came before rule={} message={}", rule, source.place());
            return null;
        }
        Ready ready = gathering.complete() ? release(rule, gathering, "") : null;
        watch(rule, gathering);
        changes.states().put(gathering.key(prefix), gathering.toBytes());
        return ready;
    }

    private static PartitionValues agreeing(PartitionValues partition, List<String> by) {
        Map<String, String> columns = new LinkedHashMap<>();
        partition.columns().forEach((column, value) -> {
            if (by.stream().anyMatch(column::equalsIgnoreCase)) {
                columns.put(column, value);
            }
        });
        return new PartitionValues(columns);
    }

    /** Many messages go into one mission: of a long one, what it is about. */
    private static Trigger.Source shortened(Trigger.Source source) {
        if (source.message().toString().length() <= LONGEST_COUNTED) {
            return source;
        }
        ObjectNode names = JsonNodeFactory.instance.objectNode();
        for (String name : NAMES) {
            JsonNode value = source.message().get(name);
            if (value != null && value.toString().length() <= LONGEST_COUNTED / NAMES.size()) {
                names.set(name, value);
            }
        }
        return new Trigger.Source(source.topic(), source.partition(), source.offset(), names);
    }

    private static Ready release(RuleSpec rule, Gathering gathering, String missing) {
        DataVersion version = gathering.version();
        Trigger trigger = new Trigger(gathering.rule(), gathering.rule(), gathering.release());
        return new Ready(rule, gathering.partition(), version, trigger, missing);
    }

    /** Gives what has waited for too long; it begins anew. */
    List<Ready> overdue(Instant now, Changes changes) {
        List<Ready> overdue = new ArrayList<>();
        for (Gathering gathering : List.copyOf(waiting)) {
            if (!now.isBefore(due(gathering))) {
                RuleSpec rule = rule(gathering).orElseThrow();
                String missing = rule.counts()
                        ? rule.count() - gathering.waiting() + " of " + rule
                        : gathering.missing().stream()
                                .map(part -> rule.conditions().get(part).toString())
                                .collect(Collectors.joining(", "));
                overdue.add(release(rule, gathering, missing));
                waiting.remove(gathering);
                changes.states().put(gathering.key(prefix), gathering.toBytes());
            }
        }
        return overdue;
    }

    private Instant due(Gathering gathering) {
        Instant since = gathering.since();
        return since == null
                ? Instant.MAX
                : rule(gathering).map(rule -> since.plus(rule.within())).orElse(Instant.MAX);
    }

    /** When the next one has waited for too long; {@link Instant#MAX} if none waits. */
    Instant nextDue() {
        return waiting.stream().map(this::due).min(Comparator.naturalOrder()).orElse(Instant.MAX);
    }

    private Optional<RuleSpec> rule(Gathering gathering) {
        return settings.rules().stream()
                .filter(rule -> rule.toString().equals(gathering.rule()))
                .findFirst();
    }
}
