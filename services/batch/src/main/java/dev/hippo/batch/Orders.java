// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import dev.hippo.wire.ShortId;
import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.HippoControl;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.Mission.Failure;
import dev.hippo.wire.mission.MissionCommand;
import dev.hippo.wire.mission.MissionStatus;
import dev.hippo.wire.mission.Trigger;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what people ask of one hippo. A command that comes again changes nothing. Not thread-safe. */
final class Orders {
    /** What missions by hand are about. */
    static final String BY_HAND = "by hand";

    /** So many missions that have ended are run again by one rewind. */
    private static final int MOST_RERUN = 10_000;

    private static final Logger log = LoggerFactory.getLogger(Orders.class);

    private final String pipeline;
    private final String hippo;
    private final Missions missions;
    /** Missions whose running attempt is being ended because somebody has cancelled them. */
    private final Set<String> cancelling = new HashSet<>();

    private HippoControl control;

    Orders(String pipeline, String hippo, Missions missions) {
        this.pipeline = pipeline;
        this.hippo = hippo;
        this.missions = missions;
        this.control = HippoControl.none(pipeline, hippo);
    }

    void restore(HippoControl state) {
        control = state;
    }

    /** Whether no attempt begins. */
    boolean paused() {
        return control.paused();
    }

    /** Whether an attempt was being ended because of a cancellation, which is now over. */
    boolean wasCancelled(String mission) {
        return cancelling.remove(mission);
    }

    /** All but {@link MissionCommand.Action#REWIND}, for which somebody has to go back in the topics first. */
    void take(MissionCommand command, Trigger.Source source, Instant now) {
        switch (command.action()) {
            case RUN -> {
                if (!missions.has(command.id())) {
                    missions.enqueue(byHand(
                            command, new DataVersion(now, 0), new Trigger(BY_HAND, BY_HAND, List.of(source)), now));
                }
            }
            case RETRY -> {
                if (!missions.has(command.id())) {
                    retry(command, missions.known(command.mission()), source, now);
                }
            }
            case CANCEL -> cancel(command.mission(), now);
            case PAUSE -> say(control.paused(true, now).answered(command.id(), true, "paused"));
            case RESUME -> say(control.paused(false, now).answered(command.id(), true, "resumed"));
            case REWIND -> throw new IllegalArgumentException("a rewind also moves offsets");
        }
    }

    private void say(HippoControl next) {
        log.info(
                "Was told something command={} paused={} done={} answer={}",
                next.command(),
                next.paused(),
                next.done(),
                next.answer());
        control = next;
        missions.changes().states().put(next.key(), next.toBytes());
    }

    private Mission byHand(MissionCommand command, DataVersion version, Trigger trigger, Instant now) {
        return Mission.accepted(
                command.id(), pipeline, hippo, command.partition(), version, trigger, command.parameters(), now);
    }

    private void retry(MissionCommand command, @Nullable Mission known, Trigger.Source source, Instant now) {
        boolean can = known != null && known.status().isFinal();
        Mission again = byHand(
                command,
                known == null ? new DataVersion(now, 0) : known.version(),
                known == null ? new Trigger(BY_HAND, BY_HAND, List.of(source)) : known.trigger(),
                now);
        missions.enqueue(again);
        if (!can) {
            // who asked waits for an answer
            String why = known == null ? "is not remembered; start a new one with 'hippo run'" : "has not ended";
            Failure failure = new Failure(Failure.Kind.START, "mission " + command.mission() + " " + why);
            missions.finish(again.failed(failure, again.result(), now));
        }
    }

    private void cancel(String id, Instant now) {
        Mission mission = missions.open(id);
        if (mission == null) {
            log.warn("Nothing to cancel: no open mission is known mission={}", id);
        } else if (mission.status() == MissionStatus.RUNNING) {
            cancelling.add(id);
            missions.changes().ends().add(mission);
        } else {
            missions.finish(mission.cancelled(now));
        }
    }

    /** Whether a rewind asks for missions that have ended to run again. */
    static boolean rerun(MissionCommand command) {
        return "true".equals(command.parameters().get("rerun"));
    }

    /** A rewind cannot be done. */
    void notRewound(MissionCommand command, String because) {
        say(control.answered(command.id(), false, because));
    }

    /**
     * The topics are read again from there: what has not started a mission may do so now. Missions that have ended run again if the command says so.
     *
     * @param before missions of the hippo, as far as they are not remembered
     * @throws IllegalArgumentException if there are too many
     */
    void rewound(MissionCommand command, Rewinds.Way way, Collection<Mission> before, Instant now) {
        Map<String, Mission> again = new LinkedHashMap<>();
        if (rerun(command)) {
            Stream.concat(before.stream(), missions.ended().stream())
                    .filter(mission -> missions.open(mission.id()) == null)
                    .filter(mission -> mission.status().isFinal() && way.covers(mission))
                    .sorted(Comparator.comparing(Mission::createdAt))
                    .map(mission -> again(command, mission, now))
                    .forEach(mission -> again.putIfAbsent(mission.id(), mission));
        }
        if (again.size() > MOST_RERUN) {
            throw new IllegalArgumentException(again.size() + " missions would run again, more than " + MOST_RERUN
                    + " at once; rewind to a later point");
        }
        again.values().forEach(missions::enqueue);
        String reads = way.offsets().isEmpty() ? "no topic was read beyond that" : "reads again from " + way;
        String runs = rerun(command) ? "; missions that run again: " + again.size() : "";
        say(control.answered(command.id(), true, reads + runs));
    }

    /** The same trigger once more. Its id follows from what it is about: what has run again before is not run again twice. */
    private Mission again(MissionCommand command, Mission before, Instant now) {
        Trigger trigger = before.trigger();
        String id = ShortId.of(
                command.id(),
                trigger.about(),
                before.partition().values(),
                before.version().text(),
                trigger.places());
        return Mission.accepted(
                id, pipeline, hippo, before.partition(), before.version(), trigger, before.parameters(), now);
    }
}
