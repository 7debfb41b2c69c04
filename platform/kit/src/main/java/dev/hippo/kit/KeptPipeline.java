// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.contracts.ContractCompiler;
import dev.hippo.contracts.ContractException;
import dev.hippo.pipeline.Finding;
import dev.hippo.pipeline.Finding.Severity;
import dev.hippo.pipeline.PipelineCheck;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineReading;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The pipeline file and the contracts with which one hippo has last run, for the restart after somebody has spoilt them. A file is kept when the hippo has run with it for a while; one with which it
 * fails before that is refused until it is changed, or until somebody wants it tried: a person orders the hippo to start, or has {@code hippo up} run again, or the agent. Used by one thread.
 */
public final class KeptPipeline {
    private static final String FOLDER = "kept";
    private static final String REFUSED = "refused.json";
    private static final String FILE = "pipeline.yaml";
    private static final String CONTRACTS = "contracts";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HippoArguments arguments;
    private final String starter;
    private final Path folder;
    private final Path kept;
    private final Path tried;
    private final Path refused;
    private String digest = "";

    /**
     * What a hippo is to run with.
     *
     * @param instead why that is not what the file says now; empty if it is
     */
    record Chosen(PipelineSpec spec, ContractCatalog contracts, String instead) {}

    /** @param starter whoever starts the process again when it ends, unlike any other */
    KeptPipeline(HippoArguments arguments, String hippo, String starter) {
        this.arguments = arguments;
        this.starter = starter;
        this.folder = arguments.pipeline().toAbsolutePath().normalize().resolveSibling("");
        Path state = arguments.state() == null ? folder.resolve(".hippo") : arguments.state();
        Path own = state.resolve(FOLDER).resolve(hippo);
        this.kept = own.resolve("last");
        this.tried = own.resolve("tried");
        this.refused = own.resolve(REFUSED);
    }

    /**
     * Has a file that was refused tried again.
     *
     * @param hippo that it was refused for
     */
    public static void retry(StateFolder state, String hippo) throws IOException {
        Files.deleteIfExists(state.root().resolve(FOLDER).resolve(hippo).resolve(REFUSED));
    }

    /**
     * The file as it is now, or as it was kept if it is not fit.
     *
     * @throws HippoFailure if it is not fit and none was kept, with all that is wrong
     */
    Chosen choose() throws HippoFailure, IOException {
        String why;
        try {
            PipelineCheck.Result now = PipelineCheck.of(reading(arguments.pipeline()));
            PipelineSpec spec = now.spec();
            ContractCatalog contracts = now.contracts();
            if (spec == null || contracts == null) {
                throw new HippoFailure(errors(now));
            }
            digest = digest();
            why = fault(now);
            if (why.isEmpty()) {
                return new Chosen(spec, contracts, "");
            }
        } catch (HippoFailure | NoSuchFileException e) {
            if (!isKept()) {
                throw e;
            }
            why = e instanceof HippoFailure ? String.valueOf(e.getMessage()) : "there is no " + arguments.pipeline();
        }
        digest = "";
        return kept(why);
    }

    private boolean isKept() {
        return Files.exists(kept.resolve(FILE));
    }

    private PipelineReading reading(Path file) throws HippoFailure, IOException {
        return PipelineFile.read(file, folder, arguments.profile(), System.getenv());
    }

    private Chosen kept(String why) throws HippoFailure, IOException {
        PipelineReading reading = reading(kept.resolve(FILE));
        PipelineSpec spec = reading.spec();
        if (spec == null) {
            throw new HippoFailure(String.join(
                    "\n", reading.findings().stream().map(Finding::toString).toList()));
        }
        try {
            Path contracts = kept.resolve(CONTRACTS);
            return new Chosen(
                    spec, Files.exists(contracts) ? ContractCompiler.compile(contracts) : spec.contracts(), why);
        } catch (ContractException e) {
            throw new HippoFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private static String errors(PipelineCheck.Result of) {
        return of.findings().stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .map(Finding::toString)
                .collect(Collectors.joining("\n"));
    }

    /** Why the hippo is not to run with a file that can be read: its parts do not fit together, or it was refused; empty if it is, and if there is no other. */
    private String fault(PipelineCheck.Result now) throws IOException {
        if (!isKept() || digest.equals(digestOf(kept))) {
            return "";
        }
        String refusal = refusal();
        return refusal.isEmpty() ? errors(now) : refusal;
    }

    /** Why the file as it is now was refused; empty if it was not, or if another starts the hippo since. */
    private String refusal() throws IOException {
        if (!Files.exists(refused)) {
            return "";
        }
        JsonNode said = JSON.readTree(Files.readAllBytes(refused));
        boolean same = said.path("digest").asText().equals(digest)
                && said.path("starter").asText().equals(starter);
        return same ? said.path("why").asText() : "";
    }

    /** The hippo has run for a while with what was chosen; what was changed meanwhile is not kept. */
    void keep() throws IOException {
        if (digest.isEmpty() || !Files.exists(arguments.pipeline()) || !digest().equals(digest)) {
            return;
        }
        if (!isKept() || !digest.equals(digestOf(kept))) {
            copy();
            remove(kept);
            Files.move(tried, kept, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.deleteIfExists(refused);
    }

    /** The hippo has failed at once with what was chosen. */
    void refuse(String why) throws IOException {
        if (!digest.isEmpty() && isKept() && !digest.equals(digestOf(kept))) {
            Path half = refused.resolveSibling(refused.getFileName() + ".new");
            Files.writeString(
                    half,
                    JSON.createObjectNode()
                            .put("digest", digest)
                            .put("starter", starter)
                            .put("why", why)
                            .toString());
            Files.move(half, refused, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private void copy() throws IOException {
        remove(tried);
        Files.createDirectories(tried);
        Files.copy(arguments.pipeline(), tried.resolve(FILE), StandardCopyOption.COPY_ATTRIBUTES);
        for (Path proto : protos(folder.resolve(CONTRACTS))) {
            Path copy = tried.resolve(folder.relativize(proto));
            Files.createDirectories(copy.resolveSibling(""));
            Files.copy(proto, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private static List<Path> protos(Path contracts) throws IOException {
        if (!Files.exists(contracts)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(contracts)) {
            return files.filter(file -> file.toString().endsWith(".proto"))
                    .sorted()
                    .toList();
        }
    }

    private String digest() throws IOException {
        return digest(arguments.pipeline(), folder);
    }

    private static String digestOf(Path copy) throws IOException {
        return digest(copy.resolve(FILE), copy);
    }

    private static String digest(Path file, Path folder) throws IOException {
        try {
            MessageDigest all = MessageDigest.getInstance("SHA-256");
            all.update(Files.readAllBytes(file));
            for (Path proto : protos(folder.resolve(CONTRACTS))) {
                all.update(folder.relativize(proto).toString().getBytes(StandardCharsets.UTF_8));
                all.update(Files.readAllBytes(proto));
            }
            return HexFormat.of().formatHex(all.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static void remove(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
