// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.pipeline.HippoSettings.Batch.Repeat;
import dev.hippo.pipeline.RuleSpec;
import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.Mission.Failure;
import dev.hippo.wire.mission.MissionCommand;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides about one hippo's missions: which message starts one, which is next, what an attempt's end means. Does nothing itself: what is to be
 * written, launched and ended is in the {@link Changes}. Everything it knows can be restored from the records that it has written. Not thread-safe.
 */
final class MissionBook {
    /** Ended missions that can be started again by hand. */
    private static final int KEPT_ENDS = 1_000;

    private static final Logger log = LoggerFactory.getLogger(MissionBook.class);

    private final String pipeline;
    private final String hippo;
    private final Batch settings;
    private final RuleIndex index;
    private final Map<String, DataVersion> latest = new HashMap<>();
    private final Gatherings gatherings;
    private final Map<String, Mission> open = new LinkedHashMap<>();
    private final Map<String, Mission> ended = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Mission> eldest) {
            return size() > KEPT_ENDS;
        }
    };
    /** Those of the open missions that wait for their next attempt. */
    private final Map<String, Mission> retrying = new LinkedHashMap<>();

    private final Schedules schedules;
    private final MissionQueue queue;
    private final Map<String, Instant> deadlines = new HashMap<>();
    private final Set<String> cancelling = new HashSet<>();
    private final Set<String> overdue = new HashSet<>();
    private Changes changes = new Changes();

    MissionBook(String pipeline, String hippo, Batch settings) {
        this.pipeline = pipeline;
        this.hippo = hippo;
        this.settings = settings;
        this.index = RuleIndex.of(settings.rules());
        this.gatherings = new Gatherings(prefix(), settings);
        this.schedules = new Schedules(settings.rules());
        this.queue = new MissionQueue(settings.concurrency());
    }

    /** Takes over a mission of before. Those that were running come from {@link #begin}. */
    void restore(Mission mission) {
        latest.merge(mission.subject(), mission.version(), DataVersion::max);
        if (mission.status().isFinal()) {
            open.remove(mission.id());
            ended.put(mission.id(), mission);
        } else {
            open.put(mission.id(), mission);
        }
    }

    /** Takes over what a rule with several conditions has received. */
    void restore(Gathering gathering) {
        gatherings.restore(gathering);
    }

    /** Takes over how far a rule with a time had come. */
    void restore(ScheduleMark mark) {
        schedules.restore(mark);
    }

    /** Puts what was restored in its order, and gives the missions that were running: their jobs may still run. */
    List<Mission> begin(Instant now) {
        schedules.begin(now).forEach(mark -> changes.states().put(mark.key(prefix()), mark.toBytes()));
        List<Mission> sorted = open.values().stream()
                .sorted(Comparator.comparing(Mission::createdAt))
                .toList();
        for (Mission mission : sorted) {
            if (mission.status() == MissionStatus.QUEUED) {
                queue.add(mission);
            } else {
                queue.hold(mission, mission.status() == MissionStatus.RUNNING);
            }
            if (mission.status() == MissionStatus.RETRYING) {
                retrying.put(mission.id(), mission);
            }
        }
        return sorted.stream()
                .filter(mission -> mission.status() == MissionStatus.RUNNING)
                .toList();
    }

    /** An attempt that began at that time runs: its time limit counts from there. */
    void runs(Mission mission, Instant since) {
        if (!settings.timeout().isZero()) {
            deadlines.put(mission.id(), since.plus(settings.timeout()));
        }
    }

    /** A message on one of the topics. */
    void signal(String topic, Signal signal, Trigger.Source source, Instant now) {
        for (PartitionValues partition : signal.partitions()) {
            for (RuleIndex.Match match : index.match(topic, signal, partition)) {
                RuleSpec rule = settings.rules().get(match.rule());
                if (rule.conditions().size() == 1) {
                    Trigger trigger = new Trigger(rule.toString(), about(signal), List.of(source));
                    accept(partition, signal.version(), trigger, now);
                } else {
                    Gatherings.Ready ready =
                            gatherings.take(rule, match.part(), partition, signal.version(), source, now, changes);
                    if (ready != null) {
                        accept(ready.partition(), ready.version(), ready.trigger(), now);
                    }
                }
            }
        }
    }

    private static String about(Signal signal) {
        if (signal instanceof Signal.Notice notice) {
            return "table " + notice.db() + "." + notice.table();
        }
        return "hippo " + ((Signal.Finish) signal).hippo();
    }

    private @Nullable Mission accept(PartitionValues partition, DataVersion version, Trigger trigger, Instant now) {
        boolean each = settings.repeat() == Repeat.QUEUE;
        String places = trigger.sources().stream().map(Trigger.Source::place).collect(Collectors.joining(","));
        String id = MissionId.of(pipeline, hippo, trigger.about(), partition.values(), each ? places : version.text());
        Mission mission = Mission.accepted(id, pipeline, hippo, partition, version, trigger, Map.of(), now);
        DataVersion before = latest.get(mission.subject());
        if (!each && before != null && (settings.repeat() == Repeat.SKIP || version.compareTo(before) <= 0)) {
            log.info(
                    "No mission: a message about it has been seen before about={} partition={} version={} seen={} messages={}",
                    trigger.about(),
                    partition,
                    version.text(),
                    before.text(),
                    places);
            return null;
        }
        latest.merge(mission.subject(), version, DataVersion::max);
        enqueue(mission);
        return mission;
    }

    private void enqueue(Mission mission) {
        open.put(mission.id(), mission);
        queue.add(mission);
        changes.state(mission);
    }

    /** What a person asks. */
    void command(MissionCommand command, Trigger.Source source, Instant now) {
        if (!command.pipeline().equals(pipeline) || !command.hippo().equals(hippo)) {
            return;
        }
        Mission known = open.getOrDefault(command.mission(), ended.get(command.mission()));
        switch (command.action()) {
            case RUN ->
                enqueue(Mission.accepted(
                        command.id(),
                        pipeline,
                        hippo,
                        command.partition(),
                        new DataVersion(now, 0),
                        new Trigger("by hand", "by hand", List.of(source)),
                        command.parameters(),
                        now));
            case RETRY -> retry(command, known, source, now);
            case CANCEL -> {
                if (known == null || known.status().isFinal()) {
                    log.warn("Nothing to cancel: no open mission is known mission={}", command.mission());
                } else {
                    cancel(known, now);
                }
            }
        }
    }

    private void retry(MissionCommand command, @Nullable Mission known, Trigger.Source source, Instant now) {
        boolean can = known != null && known.status().isFinal();
        Mission again = Mission.accepted(
                command.id(),
                pipeline,
                hippo,
                command.partition(),
                known == null ? new DataVersion(now, 0) : known.version(),
                known == null ? new Trigger("by hand", "by hand", List.of(source)) : known.trigger(),
                command.parameters(),
                now);
        enqueue(again);
        if (!can) {
            // who asked waits for an answer
            String why = known == null ? "is not remembered; start a new one with 'hippo run'" : "has not ended";
            Failure failure = new Failure(Failure.Kind.START, "mission " + command.mission() + " " + why);
            finish(again.failed(failure, again.result(), now));
        }
    }

    private void cancel(Mission mission, Instant now) {
        if (mission.status() == MissionStatus.RUNNING) {
            cancelling.add(mission.id());
            changes.ends().add(mission);
        } else {
            finish(mission.cancelled(now));
        }
    }

    /** An attempt has ended. What comes of an attempt that is not the running one is left alone. */
    void attemptEnded(AttemptEnd end, Instant now) {
        Mission mission = open.get(end.mission());
        if (mission == null || mission.status() != MissionStatus.RUNNING || mission.attempt() != end.attempt()) {
            return;
        }
        deadlines.remove(mission.id());
        boolean late = overdue.remove(mission.id());
        if (end.failure() == null) {
            cancelling.remove(mission.id());
            finish(mission.succeeded(end.result(), now));
        } else if (cancelling.remove(mission.id())) {
            finish(mission.cancelled(now));
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
            Mission next = mission.retrying(failure, now.plus(wait));
            queue.pause(next);
            retrying.put(next.id(), next);
            update(next);
        } else {
            finish(mission.failed(failure, end.result(), now));
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
        Mission mission = open.get(missionId);
        if (mission != null && mission.status() == MissionStatus.RUNNING) {
            update(mission.requeued());
        }
    }

    private void update(Mission mission) {
        open.put(mission.id(), mission);
        changes.state(mission);
    }

    private void finish(Mission mission) {
        open.remove(mission.id());
        retrying.remove(mission.id());
        ended.put(mission.id(), mission);
        queue.remove(mission);
        changes.state(mission);
        changes.finishes().add(mission);
    }

    /** Does what is due: time limits, waits, and missions that can begin. */
    void tick(Instant now) {
        deadlines.forEach((id, deadline) -> {
            Mission mission = open.get(id);
            if (mission != null && !now.isBefore(deadline) && overdue.add(id)) {
                changes.ends().add(mission);
            }
        });
        gatherings.overdue(now, changes).forEach(ready -> tooLate(ready, now));
        for (Mission mission : List.copyOf(retrying.values())) {
            if (!now.isBefore(dueAt(mission))) {
                retrying.remove(mission.id());
                queue.resume(mission);
                update(mission.requeued());
            }
        }
        for (Schedules.Due due : schedules.due(now)) {
            String rule = due.mark().rule();
            due.times()
                    .forEach(time -> accept(
                            PartitionValues.WHOLE, new DataVersion(time, 0), new Trigger(rule, rule, List.of()), now));
            changes.states().put(due.mark().key(prefix()), due.mark().toBytes());
        }
        startNext(now);
    }

    private void startNext(Instant now) {
        for (String next = queue.next(); next != null; next = queue.next()) {
            Mission mission = open.get(next);
            if (mission == null) {
                throw new IllegalStateException("mission " + next + " is queued and not open");
            }
            Mission started = mission.started(AttemptFolder.log(mission.id(), mission.attempt() + 1), now);
            changes.starts().add(started);
            update(started);
            if (settings.run() == null) {
                finish(started.succeeded(started.result(), now));
            } else {
                changes.launches().add(started);
                runs(started, now);
            }
        }
    }

    private void tooLate(Gatherings.Ready ready, Instant now) {
        Mission mission = accept(ready.partition(), ready.version(), ready.trigger(), now);
        if (mission != null && ready.rule().otherwise() == RuleSpec.Otherwise.FAIL) {
            Failure failure = new Failure(
                    Failure.Kind.INCOMPLETE,
                    "did not come within " + ready.rule().within() + " of the first: " + ready.missing());
            finish(mission.failed(failure, mission.result(), now));
        }
    }

    private static Instant dueAt(Mission mission) {
        Instant due = mission.dueAt();
        return due == null ? Instant.MIN : due;
    }

    /** When something is due next; {@link Instant#MAX} if nothing is. */
    Instant nextDue() {
        Stream<Instant> limits = deadlines.entrySet().stream()
                .filter(deadline -> !overdue.contains(deadline.getKey()))
                .map(Map.Entry::getValue);
        Stream<Instant> retries = retrying.values().stream().map(MissionBook::dueAt);
        return Stream.of(limits, retries, Stream.of(schedules.nextDue(), gatherings.nextDue()))
                .flatMap(times -> times)
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    /** What has changed since the last time. */
    Changes take() {
        Changes taken = changes;
        changes = new Changes();
        return taken;
    }

    /** Missions that have not ended. */
    Collection<Mission> open() {
        return List.copyOf(open.values());
    }

    private String prefix() {
        return pipeline + "/" + hippo;
    }
}
