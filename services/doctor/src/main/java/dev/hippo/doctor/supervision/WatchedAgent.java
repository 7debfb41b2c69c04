// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.supervision;

import dev.hippo.wire.service.AgentReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the Doctor knows of one agent. Not thread-safe: the ward owns it. */
final class WatchedAgent {
    static final Duration INTERVAL = Duration.ofSeconds(1);

    private final String name;
    private final Pulse pulse;
    private Set<String> labels = Set.of();
    private @Nullable Set<String> declared;
    private @Nullable Set<String> toldOf;
    private boolean heard;
    private boolean stopped;
    private boolean lost;

    WatchedAgent(String name, Instant since) {
        this.name = name;
        this.pulse = new Pulse(since, INTERVAL);
    }

    String name() {
        return name;
    }

    Pulse pulse() {
        return pulse;
    }

    Set<String> labels() {
        return labels;
    }

    /** Whether its pipeline file has a service, as far as it has said. */
    boolean declares(String service) {
        return declared == null || declared.contains(service);
    }

    /** The services that its pipeline file has, when it is not the same file and people have not been told of it. */
    Optional<Set<String>> untoldFile(Set<String> expected) {
        Set<String> file = declared;
        if (file == null || file.equals(expected) || file.equals(toldOf)) {
            return Optional.empty();
        }
        toldOf = file;
        return Optional.of(file);
    }

    void heard(AgentReport report, boolean stopping, Duration interval, Instant now) {
        pulse.beat(now, interval);
        labels = report.labels();
        declared = stopping ? declared : report.declared();
        heard = true;
        stopped = stopping;
    }

    /** Whether it has said something since the Doctor watches, and not long ago. */
    boolean answers(Instant now) {
        return heard && !stopped && !pulse.isSilent(now);
    }

    /** Whether it has said anything since the Doctor watches. */
    boolean wasHeard() {
        return heard;
    }

    /** Whether it said that it stops. */
    boolean stopped() {
        return stopped;
    }

    /** Whether its services are to be given to others. */
    boolean gone(Instant now, Duration limit) {
        return stopped || pulse.silence(now).compareTo(limit) > 0;
    }

    /** Whether people know that it is gone. */
    boolean lost() {
        return lost;
    }

    void lost(boolean known) {
        lost = known;
    }
}
