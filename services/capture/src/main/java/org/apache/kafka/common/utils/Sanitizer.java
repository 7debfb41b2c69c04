// SPDX-License-Identifier: Apache-2.0
package org.apache.kafka.common.utils;

import javax.management.ObjectName;

/** Debezium 3.5 asks for this class by a name that Kafka's clients gave up with version 4.4. It goes when Debezium knows the new one. */
public final class Sanitizer {
    private Sanitizer() {}

    /** A text as a value in the name of an object of JMX. */
    public static String jmxSanitize(String text) {
        return text.chars().allMatch(c -> c == '-' || c == '_' || Character.isLetterOrDigit(c))
                ? text
                : ObjectName.quote(text);
    }
}
