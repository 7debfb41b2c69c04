// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.hippo.wire.replay;

import org.jspecify.annotations.NullMarked;
