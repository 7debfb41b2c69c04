// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.nio.file.Path;

/**
 * Where one pipeline keeps what it must not forget: {@code .hippo} beside the pipeline file unless told otherwise.
 *
 * @param root absolute
 */
public record StateFolder(Path root) {
    public StateFolder {
        root = root.toAbsolutePath().normalize();
    }

    /** The default state folder of a pipeline. */
    public static StateFolder of(PipelineSpec pipeline) {
        return new StateFolder(pipeline.folder().resolve(".hippo"));
    }

    /** The embedded broker's log. */
    public Path kafka() {
        return root.resolve("kafka");
    }

    /** One hippo's checkpoints. */
    public Path checkpoints(String hippo) {
        return root.resolve("checkpoints").resolve(hippo);
    }

    /** What one hippo knows of a source that it scans in cycles. */
    public Path pull(String hippo) {
        return root.resolve("pull").resolve(hippo);
    }

    /** Where a table lives that says nothing else. */
    public Path table(String table) {
        return root.resolve("lake").resolve(table);
    }

    /** The location of a table: its own, or its place in the lake folder. */
    public String location(TableSpec table) {
        String at = table.at();
        return at == null ? table(table.name()).toString() : at;
    }

    /** The contracts of all topics and tables that were ever started here. */
    public Path acceptedContracts() {
        return root.resolve("contracts.accepted");
    }

    /** The files of one hippo's missions: a folder for each, in it one for each attempt. */
    public Path missions(String hippo) {
        return root.resolve("missions").resolve(hippo);
    }

    /** What tells this folder from others of the same path on hosts of the same name. */
    public Path identity() {
        return root.resolve("identity");
    }

    /** Log files, one per process. */
    public Path logs() {
        return root.resolve("logs");
    }

    /** What runs now: pids, ports, locks. */
    public Path run() {
        return root.resolve("run");
    }

    /** Scratch space of one process, emptied at its start. */
    public Path temporary(String hippo) {
        return root.resolve("tmp").resolve(hippo);
    }
}
