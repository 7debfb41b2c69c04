// SPDX-License-Identifier: Apache-2.0
/** What a reader of a database's log has to do, and what it tells. Knows of no database and not of Kafka. */
@NullMarked
package dev.hippo.capture.source;

import org.jspecify.annotations.NullMarked;
