// SPDX-License-Identifier: Apache-2.0
/** Columns that grow by wire bytes: what a commit holds in memory, and what the Parquet writer reads. */
@NullMarked
package dev.hippo.lake.columns;

import org.jspecify.annotations.NullMarked;
