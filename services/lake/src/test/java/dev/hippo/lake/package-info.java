// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.hippo.lake;

import org.jspecify.annotations.NullMarked;
