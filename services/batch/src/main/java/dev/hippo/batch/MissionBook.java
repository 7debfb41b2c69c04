// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.pipeline.HippoSettings.Batch.Repeat;
import dev.hippo.pipeline.RuleSpec;
import dev.hippo.wire.ShortId;
import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.HippoControl;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.Mission.Failure;
import dev.hippo.wire.mission.MissionStatus;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Signal;
import dev.hippo.wire.mission.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides about one hippo's missions: which message starts one, which is next, what an attempt's end means. Does nothing itself: what is to be
 * written, launched and ended is in the {@link Changes}. Everything it knows can be restored from the records that it has written. Not thread-safe.
 */
final class MissionBook {
    private static final Logger log = LoggerFactory.getLogger(MissionBook.class);

    private final String pipeline;
    private final String hippo;
    private final Batch settings;
    private final RuleIndex index;
    private final Gatherings gatherings;
    private final Closings closings;
    private final Missions missions;
    private final Orders orders;
    private final Schedules schedules;
    private final Map<String, Instant> deadlines = new HashMap<>();
    private final Set<String> overdue = new HashSet<>();

    MissionBook(String pipeline, String hippo, Batch settings) {
        this.pipeline = pipeline;
        this.hippo = hippo;
        this.settings = settings;
        this.index = RuleIndex.of(settings.rules());
        this.gatherings = new Gatherings(prefix(), settings);
        this.closings = new Closings(prefix());
        this.schedules = new Schedules(settings.rules());
        this.missions = new Missions(settings);
        this.orders = new Orders(pipeline, hippo, missions);
    }

    /** Takes over a mission of before. Those that were running come from {@link #begin}. */
    void restore(Mission mission) {
        missions.restore(mission);
    }

    /** Takes over what a rule with several conditions has received. */
    void restore(Gathering gathering) {
        gatherings.restore(gathering);
    }

    /** Takes over which partitions of a table were not over. */
    void restore(OpenPartitions partitions) {
        closings.restore(partitions);
    }

    /** Takes over whether the hippo is paused. */
    void restore(HippoControl control) {
        orders.restore(control);
    }

    /** Takes over how far a rule with a time had come. */
    void restore(ScheduleMark mark) {
        schedules.restore(mark);
    }

    /** Puts what was restored in its order, and gives the missions that were running: their jobs may still run. */
    List<Mission> begin(Instant now) {
        schedules.begin(now).forEach(mark -> missions.changes().states().put(mark.key(prefix()), mark.toBytes()));
        return missions.begin();
    }

    /** An attempt that began at that time runs: its time limit counts from there. */
    void runs(Mission mission, Instant since) {
        if (!settings.timeout().isZero()) {
            deadlines.put(mission.id(), since.plus(settings.timeout()));
        }
    }

    /** A message on one of the topics. */
    void signal(String topic, Signal signal, Trigger.Source source, Instant now) {
        Set<RuleIndex.Match> closing = new LinkedHashSet<>();
        for (PartitionValues partition : signal.partitions()) {
            for (RuleIndex.Match match : index.match(topic, signal, partition)) {
                if (match.condition() instanceof RuleSpec.TableClosed) {
                    closing.add(match);
                } else {
                    met(match, about(signal), partition, signal.version(), source, now);
                }
            }
        }
        for (RuleIndex.Match match : closing) {
            RuleSpec.TableClosed condition = (RuleSpec.TableClosed) match.condition();
            for (OpenPartitions.Open over : closings.take(condition, signal, source, missions.changes())) {
                met(match, condition.toString(), over.partition(), over.version(), over.source(), now);
            }
        }
    }

    /** An event of a topic with a contract. */
    void event(EventRules.Met met, Trigger.Source source, Instant now) {
        // without a field that tells them apart events have nothing to do with each other
        String about = met.event() + (met.event().by().isEmpty() ? " at " + source.place() : "");
        met(met.match(), about, met.partition(), met.version(), source, now);
    }

    private void met(
            RuleIndex.Match match,
            String about,
            PartitionValues partition,
            DataVersion version,
            Trigger.Source source,
            Instant now) {
        RuleSpec rule = settings.rules().get(match.rule());
        if (!rule.gathers()) {
            accept(rule, partition, version, new Trigger(rule.toString(), about, List.of(source)), now);
            return;
        }
        Gatherings.Ready ready =
                gatherings.take(rule, match.part(), partition, version, source, now, missions.changes());
        if (ready != null) {
            accept(rule, ready.partition(), ready.version(), ready.trigger(), now);
        }
    }

    private static String about(Signal signal) {
        if (signal instanceof Signal.Notice notice) {
            return "table " + notice.db() + "." + notice.table();
        }
        return "hippo " + ((Signal.Finish) signal).hippo();
    }

    /** Whether the messages themselves tell one mission from another, and not the version of the data. */
    private boolean each(RuleSpec rule) {
        return settings.repeat() == Repeat.QUEUE || rule.counts() || rule.takesEach();
    }

    private static Map<String, String> parameters(RuleSpec rule) {
        return rule.priority() == 0 ? Map.of() : Map.of(Mission.PRIORITY, Integer.toString(rule.priority()));
    }

    private @Nullable Mission accept(
            RuleSpec rule, PartitionValues partition, DataVersion version, Trigger trigger, Instant now) {
        // a time is no message: it is told by its version
        boolean each = !trigger.sources().isEmpty() && each(rule);
        String places = trigger.places();
        String id = ShortId.of(pipeline, hippo, trigger.about(), partition.values(), each ? places : version.text());
        Mission mission = Mission.accepted(id, pipeline, hippo, partition, version, trigger, parameters(rule), now);
        if (!missions.accepted().isNew(mission, each)) {
            DataVersion before = missions.accepted().latest(mission);
            log.info(
                    "No mission: a message about it has been seen before about={} partition={} version={} seen={} messages={}",
                    trigger.about(),
                    partition,
                    version.text(),
                    before == null ? "" : before.text(),
                    places);
            return null;
        }
        missions.enqueue(mission);
        return mission;
    }

    /** What people ask. */
    Orders orders() {
        return orders;
    }

    /** An attempt has ended. What comes of an attempt that is not the running one is left alone. */
    void attemptEnded(AttemptEnd end, Instant now) {
        Mission mission = missions.open(end.mission());
        if (mission == null || mission.status() != MissionStatus.RUNNING || mission.attempt() != end.attempt()) {
            return;
        }
        deadlines.remove(mission.id());
        boolean late = overdue.remove(mission.id());
        if (end.failure() == null) {
            orders.wasCancelled(mission.id());
            missions.finish(mission.succeeded(end.result(), now));
        } else if (orders.wasCancelled(mission.id())) {
            missions.finish(mission.cancelled(now));
        } else {
            Failure failure = late
                    ? new Failure(
                            Failure.Kind.TIMEOUT,
                            "ended after " + settings.timeout().toMillis() + " ms, the time limit; "
                                    + end.failure().text())
                    : end.failure();
            failed(mission, failure, end, now);
        }
    }

    private void failed(Mission mission, Failure failure, AttemptEnd end, Instant now) {
        Batch.Retry retry = settings.retry();
        boolean retriable =
                retry.on().isEmpty() || retry.on().contains(failure.kind().word());
        if (retriable
                && mission.failures() + 1 < retry.attempts()
                && end.result().path("retry").asBoolean(true)) {
            Duration wait = wait(retry, mission.failures());
            missions.retry(mission.retrying(failure, now.plus(wait)));
        } else {
            missions.finish(mission.failed(failure, end.result(), now));
        }
    }

    private static Duration wait(Batch.Retry retry, int failuresBefore) {
        Duration wait = retry.backoff();
        for (int i = 0; i < failuresBefore && wait.compareTo(retry.longest()) < 0; i++) {
            wait = wait.multipliedBy(2);
        }
        return wait.compareTo(retry.longest()) > 0 ? retry.longest() : wait;
    }

    /** An attempt was ended because the hippo stops: the mission goes on with the next attempt when the hippo is back. */
    void interrupted(String missionId) {
        Mission mission = missions.open(missionId);
        if (mission != null && mission.status() == MissionStatus.RUNNING) {
            missions.interrupt(mission);
        }
    }

    /** Does what is due: time limits, waits, and missions that can begin. */
    void tick(Instant now) {
        deadlines.forEach((id, deadline) -> {
            Mission mission = missions.open(id);
            if (mission != null && !now.isBefore(deadline) && overdue.add(id)) {
                missions.changes().ends().add(mission);
            }
        });
        gatherings.overdue(now, missions.changes()).forEach(ready -> tooLate(ready, now));
        missions.resume(now);
        for (Schedules.Due due : schedules.due(now)) {
            String text = due.mark().rule();
            RuleSpec rule = settings.rules().stream()
                    .filter(each -> each.toString().equals(text))
                    .findFirst()
                    .orElseThrow();
            due.times().forEach(time -> {
                Trigger trigger = new Trigger(text, text, List.of());
                accept(rule, PartitionValues.WHOLE, new DataVersion(time, 0), trigger, now);
            });
            missions.changes().states().put(due.mark().key(prefix()), due.mark().toBytes());
        }
        startNext(now);
    }

    private void startNext(Instant now) {
        while (!orders.paused()) {
            Mission mission = missions.next();
            if (mission == null) {
                return;
            }
            Mission started = mission.started(AttemptFolder.log(mission.id(), mission.attempt() + 1), now);
            missions.changes().starts().add(started);
            missions.update(started);
            if (settings.run() == null) {
                missions.finish(started.succeeded(started.result(), now));
            } else {
                missions.changes().launches().add(started);
                runs(started, now);
            }
        }
    }

    private void tooLate(Gatherings.Ready ready, Instant now) {
        Mission mission = accept(ready.rule(), ready.partition(), ready.version(), ready.trigger(), now);
        if (mission != null && ready.rule().otherwise() == RuleSpec.Otherwise.FAIL) {
            Failure failure = new Failure(
                    Failure.Kind.INCOMPLETE,
                    "did not come within " + ready.rule().within() + " of the first: " + ready.missing());
            missions.finish(mission.failed(failure, mission.result(), now));
        }
    }

    /** When something is due next; {@link Instant#MAX} if nothing is. */
    Instant nextDue() {
        Stream<Instant> limits = deadlines.entrySet().stream()
                .filter(deadline -> !overdue.contains(deadline.getKey()))
                .map(Map.Entry::getValue);
        Stream<Instant> retries = missions.retrying().stream().map(Missions::dueAt);
        return Stream.of(limits, retries, Stream.of(schedules.nextDue(), gatherings.nextDue()))
                .flatMap(times -> times)
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    /** What has changed since the last time. */
    Changes take() {
        return missions.take();
    }

    /** Missions that have not ended. */
    Collection<Mission> open() {
        return missions.open();
    }

    private String prefix() {
        return pipeline + "/" + hippo;
    }
}
