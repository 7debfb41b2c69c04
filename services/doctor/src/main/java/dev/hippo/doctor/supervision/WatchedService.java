// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.supervision;

import dev.hippo.wire.service.AgentReport;
import dev.hippo.wire.service.Alert;
import dev.hippo.wire.service.Assignment;
import dev.hippo.wire.service.ServiceState;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the Doctor knows of one service: where it shall run, what its agent says, what it says itself. Not thread-safe: the ward owns it. */
final class WatchedService {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final String name;
    private final Pulse pulse;
    private @Nullable Assignment assignment;
    private Instant assignedAt;
    /** What was ordered and has not come back from the log: until then nothing else is decided about it. */
    private @Nullable Assignment ordered;
    /** Whether that was decided by this Doctor, so that a stop which it did not know of counts more. */
    private boolean decided;
    /** Such a stop. */
    private @Nullable Assignment unheeded;

    private AgentReport.@Nullable Run run;
    private Instant runSince;
    private @Nullable Beat beat;
    private Instant progressAt;
    private Instant wellSince;
    private int kills;
    /** What people were told last, until it is over. */
    private Alert.@Nullable Cause told;

    WatchedService(String name, Instant since) {
        this.name = name;
        this.pulse = new Pulse(since, INTERVAL);
        this.assignedAt = since;
        this.runSince = since;
        this.progressAt = since;
        this.wellSince = since;
    }

    String name() {
        return name;
    }

    @Nullable
    Assignment assignment() {
        return assignment;
    }

    void assigned(Assignment now, Instant at) {
        Assignment before = assignment;
        if (before == null || before.epoch() < now.epoch()) {
            if (before != null && !before.agent().equals(now.agent())) {
                run = null;
            }
            assignment = now;
            assignedAt = at;
        }
        Assignment pending = ordered;
        if (pending == null) {
            unheeded = null;
        } else if (now.by().equals(pending.by()) && now.at().equals(pending.at())) {
            ordered = null;
        } else if (decided && pending.running()) {
            unheeded = now.running() ? null : now;
        }
    }

    /**
     * Says what was ordered, until it comes back from the log.
     *
     * @param byDoctor whether the Doctor has decided it; else a person has
     */
    void orders(Assignment order, boolean byDoctor) {
        ordered = order;
        decided = byDoctor;
        unheeded = null;
    }

    /** An order was not written, as far as is known. */
    void withdraws(Assignment order) {
        if (order.equals(ordered)) {
            ordered = null;
        }
    }

    /** Whether something was ordered that has not come back from the log. */
    boolean awaitsOrder() {
        return ordered != null;
    }

    /** What it is to be when the log has everything that was ordered. */
    @Nullable
    Assignment intended() {
        return ordered == null ? assignment : ordered;
    }

    /** The order to stop that came into the log just before a decision which did not know of it; null when there was none. */
    @Nullable
    Assignment unheededStop() {
        return ordered == null ? unheeded : null;
    }

    /** Takes its agent's word, which counts only of the agent that has it; the word before is returned. */
    AgentReport.@Nullable Run reported(AgentReport.Run now, Instant at) {
        AgentReport.Run before = run;
        if (before == null || before.state() != now.state() || before.pid() != now.pid()) {
            runSince = at;
        }
        run = now;
        return before;
    }

    AgentReport.@Nullable Run run() {
        return run;
    }

    void beats(Beat now, Instant at) {
        if (isOfAnother(now)) {
            return;
        }
        Beat before = beat;
        boolean other = before != null && before.pid() != now.pid();
        if (before == null || other || pulse.isSilent(at)) {
            wellSince = at;
        }
        if (other) {
            pulse.forgive(at);
        }
        pulse.beat(at, now.interval());
        if (before == null || now.lag() <= 0 || !now.progress().equals(before.progress())) {
            progressAt = at;
        }
        beat = now;
    }

    /** Whether it comes from a process that was replaced and does not know it yet. */
    private boolean isOfAnother(Beat now) {
        Assignment has = assignment;
        if (now.epoch() >= 0) {
            return has != null && has.epoch() != now.epoch();
        }
        AgentReport.Run known = run;
        return known != null && known.pid() != 0 && known.pid() != now.pid();
    }

    @Nullable
    Beat beat() {
        return beat;
    }

    void forgive(Instant now) {
        pulse.forgive(now);
        runSince = now;
        progressAt = now;
    }

    /** Whether its own heartbeat is heard. */
    boolean answers(Instant now) {
        return beat != null && !pulse.isSilent(now);
    }

    /** Whether its own heartbeat is heard and does not say that it ends: what it needs to be left alone without an agent. */
    boolean lives(Instant now) {
        Beat heard = beat;
        return heard != null && !heard.ended() && answers(now);
    }

    /** For how long one process of it has been heard without a gap. */
    Duration wellFor(Instant now) {
        return answers(now) ? Duration.between(wellSince, now) : Duration.ZERO;
    }

    /** For how long its process lives, by its agent's word, and is silent. */
    Duration hungFor(Instant now) {
        AgentReport.Run lives = run;
        Beat heard = beat;
        if (lives == null || lives.state() != ServiceState.RUNNING) {
            return Duration.ZERO;
        }
        Instant since = runSince.isAfter(assignedAt) ? runSince : assignedAt;
        if (heard != null && heard.pid() == lives.pid() && pulse.last().isAfter(since)) {
            since = pulse.last();
        }
        return Duration.between(since, now);
    }

    /** For how long it has had work before it and got nowhere. */
    Duration stuckFor(Instant now) {
        Beat heard = beat;
        return heard == null || heard.lag() <= 0 ? Duration.ZERO : Duration.between(progressAt, now);
    }

    Duration silence(Instant now) {
        return pulse.silence(now);
    }

    /** How often it was killed because it was silent, without being well for long in between. */
    int kills() {
        return kills;
    }

    void killed() {
        kills++;
    }

    void forgiveKills() {
        kills = 0;
    }

    Alert.@Nullable Cause told() {
        return told;
    }

    void told(Alert.@Nullable Cause cause) {
        told = cause;
    }
}
