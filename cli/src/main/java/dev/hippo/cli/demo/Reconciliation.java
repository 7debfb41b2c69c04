// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The demo's books: every flight is counted at each station, and the demo succeeds only if all stations agree.
 *
 * @param sent valid flights given to the door
 * @param acknowledged flights that the door acknowledged
 * @param inTopic records in the topic
 * @param inTable rows in the table
 * @param distinctInTable different flight ids in the table
 * @param refusedAsExpected whether exactly the invalid events that were sent on purpose were refused
 * @param countedByStep flights that the Flink step counted in the hours it has closed
 * @param inClosedHours rows of the flights table in those hours
 * @param hoursCounted rows of the delays table
 * @param distinctHours different (airport, hour) pairs in the delays table
 */
record Reconciliation(
        long sent,
        long acknowledged,
        long inTopic,
        long inTable,
        long distinctInTable,
        boolean refusedAsExpected,
        long countedByStep,
        long inClosedHours,
        long hoursCounted,
        long distinctHours) {

    /** Whether nothing is lost and nothing is doubled. */
    boolean matches() {
        return sent > 0
                && sent == acknowledged
                && sent == inTopic
                && sent == inTable
                && sent == distinctInTable
                && refusedAsExpected
                && hoursCounted > 0
                && countedByStep == inClosedHours
                && hoursCounted == distinctHours;
    }

    /** The books as lines for a person. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "flights   sent %,d   acknowledged %,d   in topic %,d   in table %,d   distinct ids %,d   %s",
                sent,
                acknowledged,
                inTopic,
                inTable,
                distinctInTable,
                mark(sent > 0
                        && sent == acknowledged
                        && sent == inTopic
                        && sent == inTable
                        && sent == distinctInTable)));
        lines.add(String.format(
                Locale.ROOT,
                "delays    flights counted by Flink %,d   flights in the same hours of the table %,d   %s",
                countedByStep,
                inClosedHours,
                mark(countedByStep == inClosedHours)));
        lines.add(String.format(
                Locale.ROOT,
                "          airport-hours %,d   distinct %,d   %s",
                hoursCounted,
                distinctHours,
                mark(hoursCounted > 0 && hoursCounted == distinctHours)));
        lines.add("refused   exactly the invalid events sent on purpose   " + mark(refusedAsExpected));
        return lines;
    }

    private static String mark(boolean agrees) {
        return agrees ? "✓" : "✗ DOES NOT MATCH";
    }
}
