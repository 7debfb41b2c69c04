// SPDX-License-Identifier: Apache-2.0
/** PostgreSQL's log, by logical decoding with its own plug-in {@code pgoutput}. */
@NullMarked
package dev.hippo.capture.postgres;

import org.jspecify.annotations.NullMarked;
