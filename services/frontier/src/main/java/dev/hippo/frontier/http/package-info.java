// SPDX-License-Identifier: Apache-2.0
/** The HTTP side of the door: events as JSON, protobuf and CloudEvents. */
@NullMarked
package dev.hippo.frontier.http;

import org.jspecify.annotations.NullMarked;
