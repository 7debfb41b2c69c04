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
import dev.hippo.change.v1.ChangeProto;
import dev.hippo.contracts.options.OptionsProto;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a folder of {@code .proto} files with the protoc that travels in this jar, so that the verdict is protoc's own.
 * The well-known types, {@code buf/validate/validate.proto}, {@code hippo/options.proto} and {@code hippo/change/v1/change.proto} can be imported without being in the folder.
 */
public final class ContractCompiler {
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
            OptionsProto.getDescriptor(),
            ChangeProto.getDescriptor());

    private ContractCompiler() {}

    /** Whether a file of that name comes with Hippo and can be imported without being in the folder. */
    public static boolean provides(String file) {
        return PROVIDED.stream().anyMatch(provided -> provided.getName().equals(file));
    }

    /**
     * Compiles every {@code .proto} file below the folder.
     *
     * @throws ContractException if a file does not compile: every problem with file, line and column
     * @throws IOException if the folder cannot be read or protoc cannot be run
     */
    public static ContractCatalog compile(Path folder) throws ContractException, IOException {
        if (!Files.isDirectory(folder)) {
            throw new ContractException(List.of(new ContractProblem(
                    folder.toString(), 0, 0, "there is no such folder; the contracts' .proto files belong there")));
        }
        Set<String> provided = PROVIDED.stream().map(FileDescriptor::getName).collect(Collectors.toSet());
        List<String> sources;
        try (Stream<Path> files = Files.walk(folder)) {
            sources = files.filter(f -> f.toString().endsWith(".proto"))
                    .map(f -> folder.relativize(f).toString().replace('\\', '/'))
                    .filter(name -> !provided.contains(name))
                    .sorted()
                    .toList();
        }
        if (sources.isEmpty()) {
            throw new ContractException(
                    List.of(new ContractProblem(folder.toString(), 0, 0, "no .proto file below this folder")));
        }
        Path work = Files.createTempDirectory("hippo-protoc");
        try {
            return compile(folder, sources, work);
        } finally {
            try (Stream<Path> files = Files.walk(work)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static ContractCatalog compile(Path folder, List<String> sources, Path work)
            throws ContractException, IOException {
        Protoc protoc = new Protoc(work, folder, shadow(folder, work), PROVIDED);
        Path compiled = work.resolve("compiled.pb");
        Protoc.Verdict verdict = protoc.compile(sources, compiled);
        if (!verdict.accepted()) {
            // protoc stops at the first file that it refuses; the user is told of all
            Set<ContractProblem> problems = new LinkedHashSet<>(verdict.problems());
            for (String source : sources) {
                problems.addAll(protoc.compile(List.of(source), compiled).problems());
            }
            throw new ContractException(List.copyOf(problems));
        }
        FileDescriptorSet set = FileDescriptorSet.parseFrom(Files.readAllBytes(compiled), options());
        return new ContractCatalog(set, link(set, sources), verdict.warnings());
    }

    /**
     * Copies of the provided files that the user's folder carries are not used: the rules must mean what this version says. Protoc looks into
     * the folder before the provided descriptors, so ours go into a folder that comes first.
     */
    private static @Nullable Path shadow(Path folder, Path work) throws IOException {
        Path shadow = null;
        for (FileDescriptor file : PROVIDED) {
            if (!Files.exists(folder.resolve(file.getName()))) {
                continue;
            }
            shadow = work.resolve("provided");
            Path target = shadow.resolve(file.getName());
            Files.createDirectories(target.getParent());
            try (InputStream text = ContractCompiler.class.getResourceAsStream("/" + file.getName())) {
                if (text == null) {
                    throw new IOException(file.getName() + " is missing from Hippo's jars; delete the copy in " + folder
                            + ", it is provided");
                }
                Files.copy(text, target);
            }
        }
        return shadow;
    }

    static ExtensionRegistry options() {
        ExtensionRegistry options = ExtensionRegistry.newInstance();
        ValidateProto.registerAllExtensions(options);
        OptionsProto.registerAllExtensions(options);
        return options;
    }

    /** Links a set; the user's files are those named, or all but the provided ones. */
    static List<FileDescriptor> link(FileDescriptorSet set, @Nullable List<String> sources) {
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
        return users;
    }
}
