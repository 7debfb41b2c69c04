// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.diagnosis;

import java.util.Locale;

/**
 * One thing that was looked at.
 *
 * @param about what: java, disk, ports, a process, kafka, topics ...
 * @param remedy what to do; empty where all is well
 */
public record Symptom(State state, String about, String text, String remedy) {
    /** How it is. */
    public enum State {
        WELL,
        /** It works, and may not for long. */
        WARNING,
        SICK;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Symptom well(String about, String text) {
        return new Symptom(State.WELL, about, text, "");
    }

    static Symptom warning(String about, String text, String remedy) {
        return new Symptom(State.WARNING, about, text, remedy);
    }

    static Symptom sick(String about, String text, String remedy) {
        return new Symptom(State.SICK, about, text, remedy);
    }
}
