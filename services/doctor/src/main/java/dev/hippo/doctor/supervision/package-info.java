// SPDX-License-Identifier: Apache-2.0
/** Which service runs where and how it is: what the Doctor hears, concludes and orders. */
@NullMarked
package dev.hippo.doctor.supervision;

import org.jspecify.annotations.NullMarked;
