// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import dev.hippo.contracts.Violation;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Why an event was not acknowledged.
 *
 * @param message for a person: what, why, what to do
 * @param violations the broken field rules, for {@link Code#INVALID}
 */
public record Refusal(Code code, String message, List<Violation> violations) {
    /** The kinds of refusal, which each protocol words in its own way. */
    public enum Code {
        /** The event breaks its contract; sending it again will not help. */
        INVALID,
        /** Too much is in flight; the event was not written and may be sent later. */
        OVERLOADED,
        /** No acknowledgement in time; the event may have been written, and is sent again with the same id. */
        UNAVAILABLE,
        /** The door does not publish that topic. */
        UNKNOWN_TOPIC,
        /** Kafka refused the event for good. */
        FAILED
    }

    public Refusal {
        violations = List.copyOf(violations);
    }

    public Refusal(Code code, String message) {
        this(code, message, List.of());
    }

    /** An event that breaks rules of its contract. */
    public static Refusal invalid(String contract, List<Violation> violations) {
        String reasons = violations.stream()
                .map(v -> v.path().isEmpty() ? v.message() : v.path() + ": " + v.message())
                .collect(Collectors.joining("; "));
        return new Refusal(Code.INVALID, "not a valid " + contract + ": " + reasons, violations);
    }

    /** An event whose bytes or JSON do not fit its contract. */
    public static Refusal unreadable(String contract, String reason) {
        return new Refusal(
                Code.INVALID, "not a valid " + contract + ": " + reason, List.of(new Violation("", "parse", reason)));
    }
}
