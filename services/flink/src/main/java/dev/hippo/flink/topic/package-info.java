// SPDX-License-Identifier: Apache-2.0
/** A topic as a table of Flink: its records as rows, rows as its records, and what does not parse kept aside. */
@NullMarked
package dev.hippo.flink.topic;

import org.jspecify.annotations.NullMarked;
