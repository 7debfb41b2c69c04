// SPDX-License-Identifier: Apache-2.0
/** Read-only SQL over the pipeline's tables and topics, by DuckDB. */
@NullMarked
package dev.hippo.query;

import org.jspecify.annotations.NullMarked;
