// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.crontab;

import dev.hippo.pipeline.CronLine;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A crontab as the {@code hippos} of a pipeline file: a batch-etl for each line, comments kept, variables given to the commands that follow them. Every line
 * that cannot be carried over is told, and stands in the result as a comment.
 *
 * @param yaml the fragment
 * @param jobs how many lines were carried over
 * @param findings what a person must look at: {@code file:line: what and why}
 */
public record Crontab(String yaml, int jobs, List<String> findings) {
    private static final Pattern VARIABLE = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(.*)");
    private static final Pattern JOB = Pattern.compile("((?:\\S+\\s+){5})(.+)");
    private static final Pattern WORD = Pattern.compile("(@\\S+)\\s+(.+)");
    private static final Map<String, String> WORDS = Map.of(
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *",
            "@monthly", "0 0 1 * *",
            "@weekly", "0 0 * * 0",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@hourly", "0 * * * *");
    private static final Set<String> INTERPRETERS =
            Set.of("bash", "sh", "python", "python3", "perl", "node", "java", "env", "nice", "nohup", "cd");
    private static final int LONGEST_NAME = 40;

    public Crontab {
        findings = List.copyOf(findings);
    }

    /**
     * Reads a crontab.
     *
     * @param file its name, for the findings
     * @param zone of the host whose crontab it is: lines mean its time unless {@code CRON_TZ} says otherwise
     */
    public static Crontab read(String file, List<String> lines, ZoneId zone) {
        return new Reading(file, zone).read(lines);
    }

    private static final class Reading {
        private final String file;
        private final StringBuilder yaml = new StringBuilder("hippos:\n");
        private final List<String> findings = new ArrayList<>();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final Set<String> names = new TreeSet<>();
        private String shell = "/bin/sh";
        private ZoneId zone;
        private int number;
        private int jobs;

        Reading(String file, ZoneId zone) {
            this.file = file;
            this.zone = zone;
        }

        Crontab read(List<String> lines) {
            for (String line : lines) {
                number++;
                take(line.strip());
            }
            return new Crontab(yaml.toString(), jobs, findings);
        }

        private void take(String line) {
            Matcher variable = VARIABLE.matcher(line);
            if (line.isEmpty()) {
                yaml.append('\n');
            } else if (line.startsWith("#")) {
                yaml.append("  ").append(line).append('\n');
            } else if (variable.matches()) {
                variable(variable.group(1), unquoted(variable.group(2)), line);
            } else {
                job(line);
            }
        }

        private static String unquoted(String text) {
            boolean quoted = text.length() > 1
                    && "\"'".indexOf(text.charAt(0)) >= 0
                    && text.charAt(text.length() - 1) == text.charAt(0);
            return quoted ? text.substring(1, text.length() - 1) : text;
        }

        private void variable(String name, String value, String line) {
            switch (name) {
                case "SHELL" -> shell = value;
                case "CRON_TZ", "TZ" -> zone(name, value, line);
                case "MAILTO", "MAILFROM" -> {
                    if (!value.isEmpty()) {
                        lost(
                                line,
                                name
                                        + " is not carried over: output is in 'hippo mission ID --log', and failures are told on"
                                        + " hippo-finish, on which another hippo can wait with 'outcome: failure'");
                    }
                }
                default -> {
                    if (variables(value).contains("${")) {
                        lost(line, "'${' means a variable of the pipeline file there; set it in a script");
                    } else {
                        environment.put(name, value);
                    }
                }
            }
        }

        private void zone(String name, String value, String line) {
            try {
                zone = ZoneId.of(value);
                if (name.equals("TZ")) {
                    environment.put(name, value);
                }
            } catch (DateTimeException e) {
                lost(line, "'" + value + "' is no time zone; the lines after it keep " + zone);
            }
        }

        private void lost(String line, String why) {
            findings.add(file + ":" + number + ": " + why);
            yaml.append("  # not carried over: ").append(line).append('\n');
        }

        private void job(String line) {
            Matcher word = WORD.matcher(line);
            Matcher fields = JOB.matcher(line);
            String times;
            String command;
            if (word.matches()) {
                times = WORDS.get(word.group(1).toLowerCase(Locale.ROOT));
                command = word.group(2);
                if (times == null) {
                    lost(
                            line,
                            "'" + word.group(1) + "' is no time: "
                                    + (word.group(1).equals("@reboot")
                                            ? "a hippo that is to run at the start of the host is started with 'hippo run'"
                                            : "known are " + String.join(", ", new TreeSet<>(WORDS.keySet()))));
                    return;
                }
            } else if (fields.matches()) {
                times = fields.group(1).strip().replaceAll("\\s+", " ");
                command = fields.group(2);
            } else {
                lost(line, "the line has neither five fields and a command, nor a variable, nor a comment");
                return;
            }
            try {
                CronLine.parse(times, zone);
            } catch (IllegalArgumentException e) {
                lost(line, "'" + times + "' cannot be read: " + e.getMessage());
                return;
            }
            write(times, command);
        }

        private void write(String times, String command) {
            Command parsed = Command.of(command);
            if (variables(shelled(parsed)).contains("${")) {
                lost(
                        times + " " + command,
                        "'${' means a variable of the pipeline file there; put the command into a script");
                return;
            }
            if (parsed.hasInput()) {
                findings.add(
                        file + ":" + number
                                + ": what stands behind '%' is the command's standard input for cron; it is given with a here-document");
            }
            jobs++;
            yaml.append("  ").append(name(parsed.text())).append(":\n");
            yaml.append("    on: {cron: ")
                    .append(quoted(times))
                    .append(", zone: ")
                    .append(zone.getId())
                    .append("}\n");
            yaml.append("    run: ").append(quoted(variables(shelled(parsed)))).append('\n');
            if (!environment.isEmpty()) {
                yaml.append("    env:\n");
                environment.forEach((name, value) -> yaml.append("      ")
                        .append(name)
                        .append(": ")
                        .append(quoted(variables(value)))
                        .append('\n'));
            }
        }

        private String shelled(Command command) {
            String text = command.hasInput()
                    ? command.text() + " <<'CRON_INPUT'\n" + command.input() + "\nCRON_INPUT"
                    : command.text();
            boolean usual = shell.endsWith("/sh") || shell.endsWith("/bash");
            return usual ? text : shell + " -c '" + text.replace("'", "'\\''") + "'";
        }

        /** The pipeline file has variables of its own, written as some of the shell's are: those are left to it without their braces. */
        private static String variables(String text) {
            return text.replaceAll("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}(?![A-Za-z0-9_])", "\\$$1");
        }

        private static String quoted(String text) {
            return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
        }

        /** Of the first word that says what is done, and once. */
        private String name(String command) {
            String base = "job";
            for (String word : command.split("[\\s;&|]+", -1)) {
                String last = word.substring(word.lastIndexOf('/') + 1).replaceAll("\\.[A-Za-z]{1,4}$", "");
                String clean = last.toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9]+", "-")
                        .replaceAll("^-+|-+$", "");
                if (!clean.isEmpty()
                        && Character.isLetter(clean.charAt(0))
                        && !word.startsWith("-")
                        && !word.contains("=")
                        && !INTERPRETERS.contains(clean)) {
                    base = clean.substring(0, Math.min(LONGEST_NAME, clean.length()));
                    break;
                }
            }
            String name = base;
            for (int i = 2; !names.add(name); i++) {
                name = base + "-" + i;
            }
            return name;
        }
    }

    /** A command, and what cron gives it as standard input: what stands behind the first % that is not escaped, further ones being line ends. */
    private record Command(String text, String input) {
        static Command of(String written) {
            StringBuilder text = new StringBuilder();
            StringBuilder input = new StringBuilder();
            boolean behind = false;
            for (int i = 0; i < written.length(); i++) {
                char c = written.charAt(i);
                boolean escaped = c == '\\' && i + 1 < written.length() && written.charAt(i + 1) == '%';
                if (escaped) {
                    (behind ? input : text).append('%');
                    i++;
                } else if (c == '%' && !behind) {
                    behind = true;
                } else if (c == '%') {
                    input.append('\n');
                } else {
                    (behind ? input : text).append(c);
                }
            }
            return new Command(text.toString().strip(), input.toString());
        }

        boolean hasInput() {
            return !input.isEmpty();
        }
    }
}
