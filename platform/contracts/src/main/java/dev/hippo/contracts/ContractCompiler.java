// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import build.buf.validate.ValidateProto;
import com.google.protobuf.AnyProto;
import com.google.protobuf.ApiProto;
import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.EmptyProto;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.SourceContextProto;
import com.google.protobuf.StructProto;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.TypeProto;
import com.google.protobuf.WrappersProto;
import dev.hippo.contracts.options.OptionsProto;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a folder of {@code .proto} files with the protoc that travels in this jar, so that the verdict is protoc's own.
 * The well-known types, {@code buf/validate/validate.proto} and {@code hippo/options.proto} can be imported without being in the folder.
 */
public final class ContractCompiler {
    private static final Pattern PROBLEM = Pattern.compile("^(.+?\\.proto):(?:(\\d+):(\\d+):)? ?(.*)$");
    private static final List<FileDescriptor> PROVIDED = List.of(
            DescriptorProtos.getDescriptor(),
            AnyProto.getDescriptor(),
            SourceContextProto.getDescriptor(),
            TypeProto.getDescriptor(),
            ApiProto.getDescriptor(),
            DurationProto.getDescriptor(),
            EmptyProto.getDescriptor(),
            FieldMaskProto.getDescriptor(),
            StructProto.getDescriptor(),
            TimestampProto.getDescriptor(),
            WrappersProto.getDescriptor(),
            ValidateProto.getDescriptor(),
            OptionsProto.getDescriptor());

    private ContractCompiler() {}

    /**
     * Compiles every {@code .proto} file below the folder.
     *
     * @throws ContractException if a file does not compile: every problem with file, line and column
     * @throws IOException if the folder cannot be read or protoc cannot be run
     */
    public static ContractCatalog compile(Path folder) throws ContractException, IOException {
        List<String> sources;
        try (Stream<Path> files = Files.walk(folder)) {
            sources = files.filter(f -> f.toString().endsWith(".proto"))
                    .map(f -> folder.relativize(f).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
        if (sources.isEmpty()) {
            throw new ContractException(
                    List.of(new ContractProblem(folder.toString(), 0, 0, "no .proto file below this folder")));
        }
        Path work = Files.createTempDirectory("hippo-protoc");
        try {
            return runProtoc(folder, sources, work);
        } finally {
            try (Stream<Path> files = Files.walk(work)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static ContractCatalog runProtoc(Path folder, List<String> sources, Path work)
            throws ContractException, IOException {
        Path protoc = work.resolve("protoc");
        try (InputStream executable = ContractCompiler.class.getResourceAsStream("protoc/protoc.exe")) {
            if (executable == null) {
                throw new IOException("protoc is missing from the hippo-contracts jar; build Hippo again");
            }
            Files.copy(executable, protoc);
        }
        if (!protoc.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + protoc + " executable; is the temporary folder mounted noexec?");
        }
        Path provided = work.resolve("provided.pb");
        FileDescriptorSet.Builder set = FileDescriptorSet.newBuilder();
        PROVIDED.forEach(file -> set.addFile(file.toProto()));
        Files.write(provided, set.build().toByteArray());
        Path compiled = work.resolve("compiled.pb");
        List<String> command = new ArrayList<>(List.of(
                protoc.toString(),
                "--proto_path=" + folder.toAbsolutePath(),
                "--descriptor_set_in=" + provided,
                "--include_imports",
                "--include_source_info",
                "--descriptor_set_out=" + compiled));
        command.addAll(sources);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                // protoc names files by their place on disk
                throw new ContractException(problems(said.replace(folder.toAbsolutePath() + "/", "")));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while compiling the contracts", e);
        }
        return link(FileDescriptorSet.parseFrom(Files.readAllBytes(compiled), options()), sources);
    }

    private static List<ContractProblem> problems(String said) {
        List<ContractProblem> problems = new ArrayList<>();
        for (String line : said.lines().toList()) {
            Matcher matcher = PROBLEM.matcher(line);
            if (matcher.matches()) {
                int row = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
                int column = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
                problems.add(new ContractProblem(matcher.group(1), row, column, matcher.group(4)));
            } else if (!line.isBlank()) {
                problems.add(new ContractProblem("contracts", 0, 0, line));
            }
        }
        return problems;
    }

    static ExtensionRegistry options() {
        ExtensionRegistry options = ExtensionRegistry.newInstance();
        ValidateProto.registerAllExtensions(options);
        OptionsProto.registerAllExtensions(options);
        return options;
    }

    /** Links a set; the user's files are those named, or all but the provided ones. */
    static ContractCatalog link(FileDescriptorSet set, @Nullable List<String> sources) {
        Map<String, FileDescriptor> linked = new LinkedHashMap<>();
        PROVIDED.forEach(file -> linked.put(file.getName(), file));
        List<FileDescriptor> users = new ArrayList<>();
        for (FileDescriptorProto file : set.getFileList()) {
            if (linked.containsKey(file.getName())) {
                continue;
            }
            FileDescriptor[] imports =
                    file.getDependencyList().stream().map(linked::get).toArray(FileDescriptor[]::new);
            try {
                FileDescriptor built = FileDescriptor.buildFrom(file, imports);
                linked.put(file.getName(), built);
                if (sources == null || sources.contains(file.getName())) {
                    users.add(built);
                }
            } catch (DescriptorValidationException e) {
                throw new IllegalArgumentException(
                        "protoc accepted " + file.getName() + " but it does not link: " + e.getMessage(), e);
            }
        }
        return new ContractCatalog(set, users);
    }
}
