// SPDX-License-Identifier: Apache-2.0
/** Contracts: {@code .proto} files compiled to descriptors, codecs and field rules. No Kafka, no sockets. */
@NullMarked
package dev.hippo.contracts;

import org.jspecify.annotations.NullMarked;
