// SPDX-License-Identifier: Apache-2.0
/** Missions for a range of partitions. */
@NullMarked
package dev.hippo.doctor.backfill;

import org.jspecify.annotations.NullMarked;
