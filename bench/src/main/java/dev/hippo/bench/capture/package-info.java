// SPDX-License-Identifier: Apache-2.0
/** The readers of databases' logs beside bare loops over them. */
@NullMarked
package dev.hippo.bench.capture;

import org.jspecify.annotations.NullMarked;
