// SPDX-License-Identifier: Apache-2.0
/** Local supervision: the broker and every hippo as child processes of {@code hippo up}. */
@NullMarked
package dev.hippo.cli.supervisor;

import org.jspecify.annotations.NullMarked;
