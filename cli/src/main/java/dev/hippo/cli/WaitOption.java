// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.MissionStatus;
import java.io.IOException;
import java.util.UUID;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Whether a command that starts a mission waits for its end. */
final class WaitOption {
    private static final int DIGITS = 16;

    @Option(names = "--wait", description = "wait for the end; exit with 1 if the mission does not succeed")
    private boolean wait;

    /** An id for a mission that is started by hand. */
    static String newId() {
        return UUID.randomUUID().toString().replace("-", "").substring(0, DIGITS);
    }

    /** Tells of the mission that was asked for, and how it ended if the user wants to know. */
    int report(MissionTopic topic, String hippo, String id, CommandLine command) throws KafkaUnavailable, IOException {
        command.getOut().println("mission " + id);
        if (!wait) {
            return ExitStatus.OK;
        }
        command.getOut().flush();
        Mission mission = topic.await(hippo, id, told -> {
            command.getErr().println(told);
            command.getErr().flush();
        });
        Mission.Failure error = mission.error();
        command.getOut()
                .println(mission.status().word()
                        + (mission.startedAt() == null ? "" : " after " + MissionsCommand.took(mission))
                        + (error == null ? "" : ": " + error.text()));
        return mission.status() == MissionStatus.SUCCEEDED ? ExitStatus.OK : ExitStatus.FAILED;
    }
}
