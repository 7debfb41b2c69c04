// SPDX-License-Identifier: Apache-2.0
/** Queries on a table of three million rows and on a topic, beside bare DuckDB on the same files. */
@NullMarked
package dev.hippo.bench.query;

import org.jspecify.annotations.NullMarked;
