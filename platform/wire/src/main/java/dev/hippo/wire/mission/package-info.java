// SPDX-License-Identifier: Apache-2.0
/** Notices, finish messages and missions: what is said on the control topics, in every shape that is read and the one that is written. */
@NullMarked
package dev.hippo.wire.mission;

import org.jspecify.annotations.NullMarked;
