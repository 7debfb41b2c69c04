// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The protoc that travels in this jar, unpacked into a working folder and run on the user's folder. Not thread-safe. */
final class Protoc {
    private static final Pattern PROBLEM = Pattern.compile("^(.+?\\.proto):(?:(\\d+):(\\d+):)? ?(warning: )?(.*)$");

    private final Path executable;
    private final Path folder;
    private final @Nullable Path shadow;
    private final Path provided;

    /** What protoc said of some files. */
    record Verdict(boolean accepted, List<ContractProblem> problems, List<ContractProblem> warnings) {}

    /**
     * Unpacks protoc.
     *
     * @param shadow a folder whose files stand before the user's
     * @param providedFiles what can be imported though it is in neither folder
     */
    Protoc(Path work, Path folder, @Nullable Path shadow, List<FileDescriptor> providedFiles) throws IOException {
        this.executable = work.resolve("protoc");
        this.folder = folder;
        this.shadow = shadow;
        this.provided = work.resolve("provided.pb");
        try (InputStream packed = Protoc.class.getResourceAsStream("protoc/protoc.exe")) {
            if (packed == null) {
                throw new IOException("protoc is missing from the hippo-contracts jar; build Hippo again");
            }
            Files.copy(packed, executable);
        }
        if (!executable.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + executable + " executable; is the temporary folder mounted noexec?");
        }
        FileDescriptorSet.Builder set = FileDescriptorSet.newBuilder();
        providedFiles.forEach(file -> set.addFile(file.toProto()));
        Files.write(provided, set.build().toByteArray());
    }

    /** Compiles these files and what they import; the descriptors go to {@code output}. */
    Verdict compile(List<String> sources, Path output) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(executable.toString());
        if (shadow != null) {
            command.add("--proto_path=" + shadow);
        }
        // the folder is the working folder, so that protoc names files relative to it
        command.add("--proto_path=.");
        command.add("--descriptor_set_in=" + provided);
        command.add("--include_imports");
        command.add("--include_source_info");
        command.add("--descriptor_set_out=" + output);
        command.addAll(sources);
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            return verdict(process.waitFor() == 0, said);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while compiling the contracts", e);
        }
    }

    private static Verdict verdict(boolean accepted, String said) {
        List<ContractProblem> problems = new ArrayList<>();
        List<ContractProblem> warnings = new ArrayList<>();
        for (String line : said.lines().filter(line -> !line.isBlank()).toList()) {
            Matcher matcher = PROBLEM.matcher(line);
            if (!matcher.matches()) {
                (accepted ? warnings : problems).add(new ContractProblem("contracts", 0, 0, line));
                continue;
            }
            int row = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
            int column = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
            boolean harmless = accepted || matcher.group(4) != null;
            (harmless ? warnings : problems).add(new ContractProblem(matcher.group(1), row, column, matcher.group(5)));
        }
        if (!accepted && problems.isEmpty()) {
            problems.add(new ContractProblem("contracts", 0, 0, "protoc refused them and did not say why"));
        }
        return new Verdict(accepted, problems, warnings);
    }
}
