// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is to run, and where it keeps its state.
 *
 * @param file the pipeline file that the processes read
 * @param profile the profile that they read it with
 * @param pipeline what is in it
 */
public record Deployment(Path file, @Nullable String profile, PipelineSpec pipeline, StateFolder state) {}
