// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code hippo}, with a Maven and a Java that only say what they were asked for. */
class LauncherTest {
    @TempDir
    Path root;

    @BeforeEach
    void makeInstallation() throws IOException {
        script(root.resolve("hippo"), Files.readString(Path.of("..", "hippo")));
        age(Files.writeString(root.resolve("pom.xml"), "<project/>"), Duration.ofHours(2));
        script(root.resolve("jdk/bin/javac"), "#!/bin/bash\n");
        Files.writeString(root.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
        script(root.resolve("jdk/bin/java"), """
                #!/bin/bash
                case $* in *ArchiveClassesAtExit*) exit 0 ;; esac
                echo "runs $(cat "$ROOT/lib/cli/hippo.jar") with ${*: -1}"
                """);
        // what is there while it builds is what others have
        script(root.resolve("bin/mvn"), """
                #!/bin/bash
                for word; do case $word in -Dhippo.libs=*) libs=${word#*=} ;; esac; done
                cp "$ROOT/lib/cli/hippo.jar" "$ROOT/meanwhile" 2>/dev/null
                mkdir -p "$libs/cli"
                cat "$ROOT/pom.xml" > "$libs/cli/hippo.jar"
                grep -q broken "$ROOT/pom.xml" || exit 0
                echo '[ERROR] does not compile'
                exit 1
                """);
    }

    private static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static void age(Path file, Duration age) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
    }

    private record Run(int status, String said) {}

    private Run hippo(boolean mayBuild) throws Exception {
        ProcessBuilder command = new ProcessBuilder(root.resolve("hippo").toString(), "status");
        command.environment().put("ROOT", root.toString());
        command.environment().put("JAVA_HOME", root.resolve("jdk").toString());
        command.environment().put("PATH", root.resolve("bin") + ":" + System.getenv("PATH"));
        if (!mayBuild) {
            command.environment().put("HIPPO_NO_BUILD", "1");
        }
        Process process = command.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), said);
    }

    private void change(String source) throws IOException {
        age(root.resolve("lib/.built"), Duration.ofHours(1));
        age(Files.writeString(root.resolve("pom.xml"), source), Duration.ofMinutes(30));
    }

    private List<String> folders() throws IOException {
        try (var files = Files.list(root)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("lib"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void whatIsBuiltTakesThePlaceOfTheOldOnlyWhenItIsDone() throws Exception {
        assertThat(hippo(true).said()).contains("Building Hippo").endsWith("runs <project/> with status\n");
        assertThat(hippo(true).said()).isEqualTo("runs <project/> with status\n");
        change("broken");
        Run failed = hippo(true);
        assertThat(failed.status()).isEqualTo(70);
        assertThat(failed.said()).contains("[ERROR] does not compile", "HIPPO_NO_BUILD=1", "lib.new/build.log");
        assertThat(Files.readString(root.resolve("meanwhile"))).isEqualTo("<project/>");
        assertThat(hippo(false).said()).isEqualTo("runs <project/> with status\n");
        Files.writeString(root.resolve("pom.xml"), "mended");
        assertThat(hippo(true).said()).endsWith("runs mended with status\n");
        assertThat(folders()).containsExactly("lib");
        // killed between the two renames
        Files.move(root.resolve("lib"), root.resolve("lib.old"));
        Files.writeString(root.resolve("pom.xml"), "broken");
        assertThat(hippo(true).status()).isEqualTo(70);
        assertThat(hippo(false).said()).isEqualTo("runs mended with status\n");
    }
}
