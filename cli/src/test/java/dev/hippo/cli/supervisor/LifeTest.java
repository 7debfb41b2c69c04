// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.cli.supervisor.Life.Event;
import dev.hippo.cli.supervisor.Life.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LifeTest {
    /** Event by event, what is allowed; everything else is refused. */
    private static final Map<String, State> ALLOWED = Map.ofEntries(
            Map.entry("SLEEP LAUNCHED", State.STARTING),
            Map.entry("SLEEP ADOPTED", State.RUNNING),
            Map.entry("STARTING WAITING", State.STARTING),
            Map.entry("STARTING READY", State.RUNNING),
            Map.entry("STARTING EXITED", State.RETRYING),
            Map.entry("STARTING STOP_ASKED", State.STOPPING),
            Map.entry("RUNNING EXITED", State.RETRYING),
            Map.entry("RUNNING STOP_ASKED", State.STOPPING),
            Map.entry("RETRYING LAUNCHED", State.STARTING),
            Map.entry("RETRYING GAVE_UP", State.DEAD),
            Map.entry("RETRYING STOP_ASKED", State.SLEEP),
            Map.entry("STARTING SUPERSEDED", State.FENCED),
            Map.entry("RUNNING SUPERSEDED", State.FENCED),
            Map.entry("STOPPING SUPERSEDED", State.FENCED),
            Map.entry("DEAD LAUNCHED", State.STARTING),
            Map.entry("FENCED LAUNCHED", State.STARTING),
            Map.entry("FENCED STOP_ASKED", State.SLEEP),
            Map.entry("DEAD STOP_ASKED", State.SLEEP),
            Map.entry("STOPPING EXITED", State.SLEEP));

    @Test
    void everyEventInEveryStateEitherMovesAsTheTableSaysOrIsRefused() {
        Map<String, State> moved = new TreeMap<>();
        for (State from : State.values()) {
            for (Event event : Event.values()) {
                if (ALLOWED.containsKey(from + " " + event)) {
                    moved.put(from + " " + event, Life.after(from, event));
                } else {
                    assertThatThrownBy(() -> Life.after(from, event))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessage("a process that is " + from + " cannot be " + event);
                }
            }
        }
        assertThat(moved).isEqualTo(new TreeMap<>(ALLOWED));
    }

    @Test
    void everyStateCanBeLeftAndStoppingAlwaysEndsInSleep() {
        for (State from : State.values()) {
            assertThat(ALLOWED.keySet()).anyMatch(move -> move.startsWith(from + " "));
        }
        assertThat(Life.after(State.STOPPING, Event.EXITED)).isEqualTo(State.SLEEP);
    }

    @Test
    void theDiagramInTheDocumentationShowsEveryMoveAndNoOther() throws IOException {
        List<String> drawn = Files.readAllLines(Path.of("..", "docs", "command-line.md")).stream()
                .map(String::strip)
                .filter(line -> line.matches("[A-Z]+ --> [A-Z]+: [A-Z_]+"))
                .toList();
        List<String> moves = ALLOWED.entrySet().stream()
                .map(entry -> {
                    String[] move = entry.getKey().split(" ", -1);
                    return move[0] + " --> " + entry.getValue() + ": " + move[1];
                })
                .toList();
        assertThat(drawn).containsExactlyInAnyOrderElementsOf(moves);
    }
}
