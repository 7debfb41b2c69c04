// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import dev.hippo.capture.source.Position;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a reading begins.
 *
 * @param from how far the one before has come; null if there was none
 * @param lacking full names of the tables whose rows nobody was told yet
 */
record Beginning(@Nullable Position from, Set<String> lacking) {}
