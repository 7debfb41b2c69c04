// SPDX-License-Identifier: Apache-2.0
/** From Kafka into the database, each record once. */
@NullMarked
package dev.hippo.doctor.feed;

import org.jspecify.annotations.NullMarked;
