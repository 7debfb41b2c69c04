// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.cli.supervisor.Installation;
import dev.hippo.pipeline.Finding;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The checks that need an engine: Flink plans the SQL. They run in the engine's own process, and what one said is kept by the content of all that it looked at, so that an
 * unchanged pipeline is checked at once.
 */
final class EngineCheck {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Installation home;
    private final Path cache;

    EngineCheck(Installation home, Path cache) {
        this.home = home;
        this.cache = cache;
    }

    /** What the engines of the pipeline's steps say; files are relative to the pipeline's folder. */
    List<Finding> findings(PipelineSpec pipeline, Path file, @Nullable String profile)
            throws IOException, InterruptedException {
        boolean flink = pipeline.hippos().values().stream()
                .map(HippoSpec::settings)
                .anyMatch(settings -> settings.service().equals("flink"));
        if (!flink) {
            return List.of();
        }
        Path kept = cache.resolve("flink-" + fingerprint(pipeline, file, profile) + ".json");
        if (!Files.exists(kept)) {
            Files.createDirectories(cache);
            String said = CheckProcess.run(
                    home,
                    "flink",
                    "dev.hippo.flink.Check",
                    file,
                    profile,
                    "the SQL could not be checked: Flink's planner did not start");
            // whole or not at all: what is kept is believed for ever
            Path half = Files.createTempFile(cache, "flink-", ".new");
            Files.writeString(half, said);
            Files.move(half, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        return JSON.readValue(Files.readString(kept), new TypeReference<List<Finding>>() {});
    }

    private String fingerprint(PipelineSpec pipeline, Path file, @Nullable String profile) throws IOException {
        TreeSet<Path> inputs = new TreeSet<>(List.of(file.toAbsolutePath()));
        for (String folder : List.of("contracts", "sql")) {
            Path inside = pipeline.folder().resolve(folder);
            if (Files.isDirectory(inside)) {
                try (Stream<Path> files = Files.walk(inside)) {
                    files.filter(Files::isRegularFile).forEach(inputs::add);
                }
            }
        }
        pipeline.hippos().values().forEach(hippo -> {
            if (hippo.settings() instanceof dev.hippo.pipeline.HippoSettings.Flink flink
                    && Files.isRegularFile(flink.sql())) {
                inputs.add(flink.sql());
            }
        });
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((profile + "\n" + pipeline.topics()).getBytes(StandardCharsets.UTF_8));
            for (Path input : inputs) {
                digest.update(input.toString().getBytes(StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(input));
            }
            try (Stream<Path> jars = Files.list(home.lib("flink"))) {
                for (Path jar : jars.sorted().toList()) {
                    digest.update((jar.getFileName() + " " + Files.size(jar)).getBytes(StandardCharsets.UTF_8));
                }
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, 24);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
