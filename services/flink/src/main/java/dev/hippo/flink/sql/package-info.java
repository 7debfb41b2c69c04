// SPDX-License-Identifier: Apache-2.0
/** The user's SQL: cut into statements, planned against the contracts, and what is wrong with it at its place in the file. */
@NullMarked
package dev.hippo.flink.sql;

import org.jspecify.annotations.NullMarked;
