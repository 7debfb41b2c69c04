// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import dev.hippo.contracts.Violation;
import java.util.List;

/**
 * Why one event was not accepted.
 *
 * @param message for a person
 * @param violations the broken field rules; empty for other reasons
 */
record Refused(Reason reason, String message, List<Violation> violations) {
    /** What a client can do about it. */
    enum Reason {
        /** Mend the event. */
        INVALID(1, 400),
        /** Send it again later. */
        OVERLOADED(2, 429),
        /** Send it again with the same id: it may be in the topic. */
        UNAVAILABLE(3, 503),
        /** Use a topic that is published. */
        UNKNOWN_TOPIC(4, 404);

        private final int number;
        private final int httpStatus;

        Reason(int number, int httpStatus) {
            this.number = number;
            this.httpStatus = httpStatus;
        }

        /** The number in {@code hippo.door.v1.Reason}. */
        int number() {
            return number;
        }

        int httpStatus() {
            return httpStatus;
        }
    }

    static Refused invalid(String contract, List<Violation> violations) {
        StringBuilder text =
                new StringBuilder("the event is no valid ").append(contract).append(": ");
        for (int i = 0; i < violations.size(); i++) {
            Violation violation = violations.get(i);
            text.append(i == 0 ? "" : "; ")
                    .append(violation.path().isEmpty() ? "" : violation.path() + ": ")
                    .append(violation.message());
        }
        return new Refused(Reason.INVALID, text.toString(), List.copyOf(violations));
    }

    static Refused overloaded(long limit) {
        return new Refused(
                Reason.OVERLOADED,
                "more than " + (limit >> 10) + " KiB of events wait for Kafka; send this event again later",
                List.of());
    }

    static Refused unavailable(String why) {
        return new Refused(
                Reason.UNAVAILABLE,
                why + "; the event may be in the topic or not, so send it again with the same id",
                List.of());
    }
}
