// SPDX-License-Identifier: Apache-2.0
/** Logs of databases read by Debezium's connectors, for those that our own readers do not know, and to compare. */
@NullMarked
package dev.hippo.capture.debezium;

import org.jspecify.annotations.NullMarked;
