// SPDX-License-Identifier: Apache-2.0
/** Which process runs where: what the Doctor orders, what agents report, what people are alerted of. */
@NullMarked
package dev.hippo.wire.service;

import org.jspecify.annotations.NullMarked;
