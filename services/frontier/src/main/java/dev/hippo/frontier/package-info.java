// SPDX-License-Identifier: Apache-2.0
/** The door: gRPC and HTTP/JSON on one port, checked against the contract, acknowledged after Kafka. */
@NullMarked
package dev.hippo.frontier;

import org.jspecify.annotations.NullMarked;
