// SPDX-License-Identifier: Apache-2.0
/** The job server over a database with a million missions. */
@NullMarked
package dev.hippo.bench.doctor;

import org.jspecify.annotations.NullMarked;
