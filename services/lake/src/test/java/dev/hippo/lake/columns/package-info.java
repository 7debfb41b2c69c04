// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.hippo.lake.columns;

import org.jspecify.annotations.NullMarked;
