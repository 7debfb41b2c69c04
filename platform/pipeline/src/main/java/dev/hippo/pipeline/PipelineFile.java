// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads {@code pipeline.yaml}: syntax, profile, variables, and the shape of every section. */
public final class PipelineFile {
    private PipelineFile() {}

    /**
     * Reads the file; never throws for what the user wrote.
     *
     * @param profile the profile to merge over the rest, null for none
     * @param environment where {@code ${NAME}} is looked up
     * @throws IOException if the file cannot be read at all
     */
    public static PipelineReading read(Path yaml, @Nullable String profile, Map<String, String> environment)
            throws IOException {
        return read(yaml, yaml.toAbsolutePath().normalize().resolveSibling(""), profile, environment);
    }

    /**
     * Reads a copy of the file.
     *
     * @param folder of the file itself, from which it names others
     */
    public static PipelineReading read(
            Path yaml, Path folder, @Nullable String profile, Map<String, String> environment) throws IOException {
        String name = yaml.toString();
        Findings findings = new Findings(name);
        Marks marks = new Marks(name);
        Optional<Node> root = compose(yaml, findings);
        if (root.isEmpty()) {
            if (!findings.hasErrors()) {
                findings.error(1, 1, "the file is empty", "a pipeline begins with 'pipeline: NAME'");
            }
            return new PipelineReading(null, findings.sorted(), marks);
        }
        Node merged = profile == null ? root.orElseThrow() : withProfile(root.orElseThrow(), profile, findings);
        PipelineSpec spec = new SpecReader(folder, findings, marks, new Variables(environment, folder)).read(merged);
        return new PipelineReading(findings.hasErrors() ? null : spec, findings.sorted(), marks);
    }

    private static Optional<Node> compose(Path yaml, Findings findings) throws IOException {
        try {
            LoadSettings settings = LoadSettings.builder()
                    .setUseMarks(true)
                    .setAllowDuplicateKeys(true)
                    .build();
            return new Compose(settings).composeString(Files.readString(yaml));
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(m -> m.getLine() + 1).orElse(1);
            int column = e.getProblemMark().map(m -> m.getColumn() + 1).orElse(1);
            String context = e.getContext() == null ? "" : e.getContext() + ": ";
            findings.error(line, column, "not valid YAML: " + context + e.getProblem(), "");
        } catch (YamlEngineException e) {
            findings.error(1, 1, "not valid YAML: " + e.getMessage(), "");
        } catch (MalformedInputException e) {
            findings.error(1, 1, "the file is not UTF-8 text", "save it as UTF-8");
        }
        return Optional.empty();
    }

    private static Node withProfile(Node root, String profile, Findings findings) {
        Map<String, Node> profiles = new LinkedHashMap<>();
        if (root instanceof MappingNode mapping) {
            for (NodeTuple entry : mapping.getValue()) {
                if (entry.getKeyNode() instanceof ScalarNode key
                        && key.getValue().equals("profiles")) {
                    Section.entries(entry.getValueNode(), "'profiles'", findings)
                            .forEach((name, node) -> profiles.put(name.getValue(), node));
                }
            }
        }
        Node overlay = profiles.get(profile);
        if (overlay == null) {
            findings.error(
                    root, "profile '" + profile + "' is not in the file", Suggestion.hint(profile, profiles.keySet()));
            return root;
        }
        return merge(root, overlay);
    }

    /** The base with the overlay's values over it: mappings are merged key by key, all else is replaced. Nodes keep their places in the file. */
    private static Node merge(Node base, Node overlay) {
        if (!(base instanceof MappingNode under) || !(overlay instanceof MappingNode over)) {
            return overlay;
        }
        List<NodeTuple> merged = new ArrayList<>();
        Map<String, Node> left = new LinkedHashMap<>();
        Map<String, Node> keys = new LinkedHashMap<>();
        for (NodeTuple entry : over.getValue()) {
            if (entry.getKeyNode() instanceof ScalarNode key) {
                left.put(key.getValue(), entry.getValueNode());
                keys.put(key.getValue(), key);
            }
        }
        for (NodeTuple entry : under.getValue()) {
            Node replacement = entry.getKeyNode() instanceof ScalarNode key ? left.remove(key.getValue()) : null;
            merged.add(
                    replacement == null
                            ? entry
                            : new NodeTuple(entry.getKeyNode(), merge(entry.getValueNode(), replacement)));
        }
        left.forEach((name, value) -> merged.add(new NodeTuple(keys.getOrDefault(name, value), value)));
        return new MappingNode(
                under.getTag(), true, merged, under.getFlowStyle(), under.getStartMark(), under.getEndMark());
    }
}
