// SPDX-License-Identifier: Apache-2.0
import dev.hippo.sdk.Job;
import dev.hippo.sdk.Mission;
import dev.hippo.sdk.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes a file for the month that a notice tells of. */
public final class WriteHippo implements Job {
    @Override
    public void run(Mission mission, Result result) throws Exception {
        Path file = Path.of(System.getenv("OUT"), mission.partition() + ".txt");
        Files.createDirectories(file.getParent());
        Files.write(file, List.of("Hippo! " + mission.table() + " of " + mission.partition("YYYYMM") + " is ready"));
        result.rowsOut(1).table("greetings").put("file", file.toString());
    }

    public static void main(String[] args) {
        Job.main(new WriteHippo());
    }
}
