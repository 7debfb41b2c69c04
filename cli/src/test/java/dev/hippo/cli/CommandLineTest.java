// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What the help says and what the documentation says. */
class CommandLineTest {
    private static final Map<String, CommandLine> COMMANDS = Main.commandLine().getSubcommands();
    private static final Path DOCUMENT = Path.of("..", "docs", "command-line.md");

    @Test
    void theDocumentationListsEveryCommandAndNoOther() throws IOException {
        TreeSet<String> listed = new TreeSet<>();
        Matcher row = Pattern.compile("(?m)^\\| `hippo ([a-z]+)").matcher(Files.readString(DOCUMENT));
        while (row.find()) {
            listed.add(row.group(1));
        }
        assertThat(listed).isEqualTo(new TreeSet<>(COMMANDS.keySet()));
    }

    @Test
    void theDocumentationNamesEveryOptionOfEveryCommand() throws IOException {
        String document = Files.readString(DOCUMENT);
        COMMANDS.forEach((name, command) -> {
            for (OptionSpec option : command.getCommandSpec().options()) {
                assertThat(List.of(option.names()))
                        .as("an option of 'hippo %s' in docs/command-line.md", name)
                        .anyMatch(word -> document.contains("`" + word + "`") || document.contains("`" + word + " "));
            }
        });
    }

    @Test
    void everyCommandHasHelpWithAnExampleOfItself() {
        COMMANDS.forEach((name, command) -> {
            CliRun help = CliRun.of(name, "--help");
            assertThat(help.status()).isZero();
            assertThat(help.out()).contains("Usage: hippo " + name);
            if (!name.equals("help")) {
                assertThat(help.out()).contains("Example: ").containsPattern("Example: [^\\n]*hippo " + name);
            }
            command.getCommandSpec()
                    .args()
                    .forEach(argument -> assertThat(argument.description())
                            .as("%s of 'hippo %s'", argument.paramLabel(), name)
                            .isNotEmpty());
        });
    }

    @Test
    void everyCommandKnowsItsVersionAndHelpIsAWordToo() {
        assertThat(CliRun.of("--version").out()).isEqualTo("hippo 0.1.0\n");
        assertThat(CliRun.of("up", "--version").out()).isEqualTo("hippo 0.1.0\n");
        assertThat(CliRun.of("help", "send").out())
                .isEqualTo(CliRun.of("send", "--help").out());
    }
}
