// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.hippo.frontier.grpc;

import org.jspecify.annotations.NullMarked;
