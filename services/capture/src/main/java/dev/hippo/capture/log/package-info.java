// SPDX-License-Identifier: Apache-2.0
/** From a source to Kafka: the changes and how far the source is read, in the same transactions. */
@NullMarked
package dev.hippo.capture.log;

import org.jspecify.annotations.NullMarked;
