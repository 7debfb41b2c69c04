// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.TypeRegistry;
import dev.hippo.change.v1.ChangeEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The compiled contracts of one pipeline. Thread-safe. */
public final class ContractCatalog {
    /** Contracts that every pipeline has. */
    private static final Map<String, Descriptor> BUILT_IN =
            Map.of(ChangeEvent.getDescriptor().getFullName(), ChangeEvent.getDescriptor());

    private final FileDescriptorSet descriptorSet;
    private final List<FileDescriptor> files;
    private final List<ContractProblem> warnings;
    private final Map<String, Descriptor> messages = new TreeMap<>();
    private final Map<String, Contract> contracts = new ConcurrentHashMap<>();
    private final TypeRegistry types;
    private final ExtensionRegistry extensions = ExtensionRegistry.newInstance();

    ContractCatalog(FileDescriptorSet descriptorSet, List<FileDescriptor> userFiles, List<ContractProblem> warnings) {
        this.warnings = List.copyOf(warnings);
        this.descriptorSet = descriptorSet;
        this.files = List.copyOf(userFiles);
        for (FileDescriptor file : files) {
            file.getMessageTypes().forEach(this::addWithNested);
            file.getExtensions().forEach(this::addExtension);
        }
        this.types = TypeRegistry.newBuilder().add(messages.values()).build();
    }

    /**
     * The catalog of a compiled set that has been stored or sent; all its files but the provided ones count as the user's.
     *
     * @throws IllegalArgumentException if the set does not link
     */
    public static ContractCatalog of(FileDescriptorSet set) {
        return new ContractCatalog(set, ContractCompiler.link(set, null), List.of());
    }

    /** The extensions with which a stored set must be parsed, so that rules and options are understood. */
    public static ExtensionRegistry options() {
        return ContractCompiler.options();
    }

    private void addExtension(FieldDescriptor extension) {
        if (extension.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            extensions.add(extension, DynamicMessage.getDefaultInstance(extension.getMessageType()));
        } else {
            extensions.add(extension);
        }
    }

    private void addWithNested(Descriptor message) {
        message.getExtensions().forEach(this::addExtension);
        if (!message.getOptions().getMapEntry()) {
            messages.put(message.getFullName(), message);
            message.getNestedTypes().forEach(this::addWithNested);
        }
    }

    /** The contract with that full name, one of the user or one that every pipeline has. Its codec and checker are built on the first call and kept. */
    public Optional<Contract> contract(String name) {
        Descriptor descriptor = messages.containsKey(name) ? messages.get(name) : BUILT_IN.get(name);
        return descriptor == null
                ? Optional.empty()
                : Optional.of(contracts.computeIfAbsent(name, n -> new Contract(descriptor, types, extensions)));
    }

    /** The full names of all message types in the user's files, sorted. */
    public Collection<String> names() {
        return List.copyOf(messages.keySet());
    }

    /** The services that the user's files declare. */
    public List<ServiceDescriptor> services() {
        List<ServiceDescriptor> services = new ArrayList<>();
        files.forEach(file -> services.addAll(file.getServices()));
        return services;
    }

    /** What protoc found odd but not wrong: an import that is not used. */
    public List<ContractProblem> warnings() {
        return warnings;
    }

    /** The user's files, imports not included. */
    public List<FileDescriptor> files() {
        return files;
    }

    /** All files, imports included, in an order in which each comes after what it imports. */
    public FileDescriptorSet descriptorSet() {
        return descriptorSet;
    }
}
