// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.hippo.doctor.backfill;

import org.jspecify.annotations.NullMarked;
