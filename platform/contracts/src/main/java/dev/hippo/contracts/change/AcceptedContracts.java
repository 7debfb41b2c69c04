// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.change;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.contracts.ContractCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The contracts that topics and tables were last started with, by holder ({@code topic flights}, {@code table flights}). In a file it is one line
 * per holder: the holder, the contract's name and its compiled files. Immutable.
 */
public final class AcceptedContracts {
    private final Map<String, Descriptor> byHolder;

    private AcceptedContracts(Map<String, Descriptor> byHolder) {
        this.byHolder = new TreeMap<>(byHolder);
    }

    /**
     * Reads the file; nothing is accepted yet if there is none.
     *
     * @throws IOException if the file cannot be read or is not one of ours
     */
    public static AcceptedContracts read(Path file) throws IOException {
        Map<String, Descriptor> byHolder = new LinkedHashMap<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                String[] parts = line.split("\t", -1);
                try {
                    byHolder.put(
                            parts[0], descriptor(parts[1], Base64.getDecoder().decode(parts[2])));
                } catch (InvalidProtocolBufferException | IllegalArgumentException | IndexOutOfBoundsException e) {
                    throw new IOException(
                            file + " does not hold contracts: " + e.getMessage()
                                    + "; delete it if you are sure that the contracts still fit what is stored",
                            e);
                }
            }
        }
        return new AcceptedContracts(byHolder);
    }

    private static Descriptor descriptor(String name, byte[] files) throws InvalidProtocolBufferException {
        return ContractCatalog.of(FileDescriptorSet.parseFrom(files))
                .contract(name)
                .map(Contract::descriptor)
                .orElseThrow(() -> new IllegalArgumentException("there is no message " + name + " in it"));
    }

    /** These contracts with those of now put over them; what is not there now stays remembered, for it may come back to what it stored. */
    public AcceptedContracts with(Map<String, Descriptor> now) {
        Map<String, Descriptor> merged = new LinkedHashMap<>(byHolder);
        merged.putAll(now);
        return new AcceptedContracts(merged);
    }

    /** Writes the file as a whole, or leaves the one that is there. */
    public void write(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        byHolder.forEach((holder, contract) -> {
            FileDescriptorSet.Builder files = FileDescriptorSet.newBuilder();
            Map<String, FileDescriptor> needed = new LinkedHashMap<>();
            collect(contract.getFile(), needed);
            needed.values()
                    .forEach(needs -> files.addFile(needs.toProto().toBuilder().clearSourceCodeInfo()));
            lines.add(holder + "\t" + contract.getFullName() + "\t"
                    + Base64.getEncoder().encodeToString(files.build().toByteArray()));
        });
        Path whole = file.resolveSibling(file.getFileName() + ".new");
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(whole, lines);
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Each file after those that it imports. */
    private static void collect(FileDescriptor file, Map<String, FileDescriptor> into) {
        if (!ContractCompiler.provides(file.getName()) && !into.containsKey(file.getName())) {
            file.getDependencies().forEach(imported -> collect(imported, into));
            into.put(file.getName(), file);
        }
    }

    /** What has changed for the holders that were there before, in the order of files and lines; each change names all whom it concerns. */
    public List<ContractChange> changes(Map<String, Descriptor> now) {
        Map<ContractChange, TreeSet<String>> concerned = new LinkedHashMap<>();
        now.forEach((holder, contract) -> {
            Descriptor before = byHolder.get(holder);
            if (before != null) {
                Changes changes = new Changes();
                new MessageComparison(changes).compare(before, contract);
                changes.all()
                        .forEach(change -> concerned
                                .computeIfAbsent(change, c -> new TreeSet<>())
                                .add(holder));
            }
        });
        List<ContractChange> all = new ArrayList<>();
        concerned.forEach((change, holders) -> all.add(new ContractChange(
                change.file(),
                change.line(),
                change.column(),
                change.effect(),
                change.message() + " (stored in " + String.join(", ", holders) + ")",
                change.hint())));
        all.sort(Comparator.comparing(ContractChange::file)
                .thenComparingInt(ContractChange::line)
                .thenComparingInt(ContractChange::column));
        return all;
    }
}
