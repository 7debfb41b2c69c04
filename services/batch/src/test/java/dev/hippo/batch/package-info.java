// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.hippo.batch;

import org.jspecify.annotations.NullMarked;
