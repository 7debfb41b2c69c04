// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.hippo.doctor;

import org.jspecify.annotations.NullMarked;
