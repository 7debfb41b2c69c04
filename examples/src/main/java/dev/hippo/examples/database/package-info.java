// SPDX-License-Identifier: Apache-2.0
/** Database servers that examples start. */
@NullMarked
package dev.hippo.examples.database;

import org.jspecify.annotations.NullMarked;
