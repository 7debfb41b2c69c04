// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The files of one attempt: {@code mission.json} for the job, {@code result.json} that it may write, {@code output.log}, and what {@code attempt.sh} leaves:
 * {@code pid} and {@code exit}.
 */
record AttemptFolder(Path path) {
    /** A larger result file is not read: it goes into messages. */
    private static final int MOST_RESULT_BYTES = 64 << 10;

    private static final int TAIL_BYTES = 2 << 10;
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The log of an attempt, relative to the folder of the hippo's missions. */
    static String log(String mission, int attempt) {
        return mission + "/" + attempt + "/output.log";
    }

    Path missionFile() {
        return path.resolve("mission.json");
    }

    Path resultFile() {
        return path.resolve("result.json");
    }

    /** The exit status that the job's shell has left. */
    OptionalInt exitStatus() throws IOException {
        // empty where the shell was killed between making the file and writing it
        Optional<String> text = read("exit").filter(status -> !status.isEmpty());
        return text.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text.get()));
    }

    /** The pid of the job's shell, empty if none began since the machine was started. */
    Optional<Long> pid() throws IOException {
        Optional<String> text = read("pid");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String pidAndBoot = text.get();
        int space = pidAndBoot.indexOf(' ');
        boolean thisBoot = space > 0
                && pidAndBoot
                        .substring(space + 1)
                        .equals(Files.readString(BOOT_ID).strip());
        return thisBoot ? Optional.of(Long.parseLong(pidAndBoot.substring(0, space))) : Optional.empty();
    }

    /** Whether a shell has ever begun, on this start of the machine or before. */
    boolean began() {
        return Files.exists(path.resolve("pid"));
    }

    private Optional<String> read(String name) throws IOException {
        try {
            return Optional.of(Files.readString(path.resolve(name)).strip());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** What the job says of itself. What cannot be read is told in the field {@code result_error}. */
    ObjectNode result() throws IOException {
        ObjectNode none = JsonNodeFactory.instance.objectNode();
        if (!Files.exists(resultFile())) {
            return none;
        }
        if (Files.size(resultFile()) > MOST_RESULT_BYTES) {
            return none.put(
                    "result_error",
                    "the result file has " + Files.size(resultFile()) + " bytes, more than " + MOST_RESULT_BYTES);
        }
        try {
            return JSON.readTree(Files.readAllBytes(resultFile())) instanceof ObjectNode object
                    ? object
                    : none.put("result_error", "the result file holds no JSON object");
        } catch (JsonProcessingException e) {
            return none.put("result_error", "the result file is not JSON: " + e.getOriginalMessage());
        }
    }

    /** The end of the output. */
    String tail() throws IOException {
        Path log = path.resolve("output.log");
        if (!Files.exists(log)) {
            return "";
        }
        try (InputStream in = Files.newInputStream(log)) {
            in.skipNBytes(Math.max(0, Files.size(log) - TAIL_BYTES));
            return new String(in.readNBytes(TAIL_BYTES), StandardCharsets.UTF_8).strip();
        }
    }
}
