// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.hippo.jdbc;

import org.jspecify.annotations.NullMarked;
