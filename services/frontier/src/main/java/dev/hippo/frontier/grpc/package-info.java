// SPDX-License-Identifier: Apache-2.0
/** The gRPC side of the door: the user's own methods and the generic publish service. */
@NullMarked
package dev.hippo.frontier.grpc;

import org.jspecify.annotations.NullMarked;
