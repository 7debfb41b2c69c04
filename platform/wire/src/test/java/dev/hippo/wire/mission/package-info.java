// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.hippo.wire.mission;

import org.jspecify.annotations.NullMarked;
