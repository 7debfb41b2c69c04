// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.crontab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrontabTest {
    private static final String TABLE = """
            # who is told
            MAILTO=ops@example.com
            SHELL=/bin/bash
            PATH="/usr/bin:/bin"

            # every working day
            0 6 * * 1-5   bash /opt/jobs/Load_Orders.sh --full "a b" > "${LOG}" 2>&1
            CRON_TZ=America/New_York
            @daily /opt/jobs/report.py
            */5 * * * * cd /opt && ./poll \\%x | tee poll.log
            30 2 * * 0 mail -s weekly boss%Hello%World
            15 4 1 * * /opt/jobs/report.py "month"
            @reboot /opt/jobs/warm.sh
            61 * * * * /opt/jobs/never.sh
            0 0 * * * echo ${X:-y}
            some words
            """;

    @TempDir
    Path folder;

    private PipelineSpec pipeline(String yaml) throws Exception {
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(file, "pipeline: imported\n" + yaml);
        return PipelineFile.read(file, null, Map.of()).spec();
    }

    @Test
    void aCrontabIsAPipelineThatRunsTheSame() throws Exception {
        Crontab crontab = Crontab.read("tab", TABLE.lines().toList(), ZoneId.of("Europe/Zurich"));
        assertThat(crontab.jobs()).isEqualTo(5);
        assertThat(crontab.yaml()).contains("  # who is told\n", "  # every working day\n  load-orders:\n");
        PipelineSpec pipeline = pipeline(crontab.yaml());
        assertThat(pipeline).as(crontab.yaml()).isNotNull();
        assertThat(pipeline.hippos().values())
                .extracting(hippo -> hippo.name() + ": "
                        + hippo.settings(Batch.class).rules().get(0) + ": "
                        + hippo.settings(Batch.class).run())
                .containsExactly(
                        "load-orders: cron 0 6 * * 1-5 Europe/Zurich: bash /opt/jobs/Load_Orders.sh --full \"a b\" > \"$LOG\" 2>&1",
                        "report: cron 0 0 * * * America/New_York: /opt/jobs/report.py",
                        "opt: cron */5 * * * * America/New_York: cd /opt && ./poll %x | tee poll.log",
                        "mail: cron 30 2 * * 0 America/New_York: mail -s weekly boss <<'CRON_INPUT'\nHello\nWorld\nCRON_INPUT",
                        "report-2: cron 15 4 1 * * America/New_York: /opt/jobs/report.py \"month\"");
        assertThat(pipeline.hippos().get("mail").settings(Batch.class).env())
                .containsExactly(Map.entry("PATH", "/usr/bin:/bin"));
    }

    @Test
    void whatCannotBeCarriedOverIsToldWithItsLine() {
        Crontab crontab = Crontab.read("tab", TABLE.lines().toList(), ZoneId.of("UTC"));
        assertThat(crontab.findings())
                .extracting(finding -> finding.substring(0, Math.min(45, finding.length())))
                .containsExactly(
                        "tab:2: MAILTO is not carried over: output is ",
                        "tab:11: what stands behind '%' is the command",
                        "tab:13: '@reboot' is no time: a hippo that is",
                        "tab:14: '61 * * * *' cannot be read: Failed t",
                        "tab:15: '${' means a variable of the pipeline",
                        "tab:16: the line has neither five fields and ");
        assertThat(crontab.yaml())
                .contains("  # not carried over: @reboot /opt/jobs/warm.sh\n", "  # not carried over: some words\n");
    }

    @Test
    void anotherShellIsCalledByItsName() {
        assertThat(Crontab.read("tab", List.of("SHELL=/bin/zsh", "0 1 * * * echo 'x'"), ZoneId.of("UTC"))
                        .yaml())
                .contains("run: \"/bin/zsh -c 'echo '\\\\''x'\\\\'''\"");
    }
}
