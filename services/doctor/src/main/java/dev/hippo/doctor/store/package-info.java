// SPDX-License-Identifier: Apache-2.0
/** What the Doctor knows, in a database. */
@NullMarked
package dev.hippo.doctor.store;

import org.jspecify.annotations.NullMarked;
