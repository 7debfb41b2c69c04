// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Counts one topic's events by what became of them, and measures how long its requests waited for Kafka. Thread-safe. */
final class TopicMeters {
    private final Counter accepted;
    private final Map<Refusal.Code, Counter> refused = new EnumMap<>(Refusal.Code.class);
    private final Timer acknowledged;

    TopicMeters(MeterRegistry registry, String topic) {
        this.accepted = counter(registry, topic, "accepted");
        for (Refusal.Code code : Refusal.Code.values()) {
            if (code != Refusal.Code.UNKNOWN_TOPIC) {
                refused.put(code, counter(registry, topic, code.name().toLowerCase(Locale.ROOT)));
            }
        }
        this.acknowledged = Timer.builder("hippo.door.answer")
                .description("From the last byte of a request to its answer")
                .tag("topic", topic)
                .serviceLevelObjectives(
                        Duration.ofMillis(2),
                        Duration.ofMillis(5),
                        Duration.ofMillis(10),
                        Duration.ofMillis(25),
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        Duration.ofMillis(250),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(10))
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String topic, String outcome) {
        return Counter.builder("hippo.door.events")
                .description("Events by what became of them")
                .tag("topic", topic)
                .tag("outcome", outcome)
                .register(registry);
    }

    void answered(Outcome outcome, Duration took) {
        acknowledged.record(took);
        int refusals = outcome.refusals().size();
        if (refusals < outcome.size()) {
            accepted.increment(outcome.size() - refusals);
        }
        if (refusals > 0) {
            outcome.refusals().values().forEach(refusal -> refused(refusal.code(), 1));
        }
    }

    void refused(Refusal.Code code, int events) {
        Counter counter = refused.get(code);
        if (counter != null) {
            counter.increment(events);
        }
    }
}
