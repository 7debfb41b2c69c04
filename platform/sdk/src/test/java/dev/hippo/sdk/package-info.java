// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.hippo.sdk;

import org.jspecify.annotations.NullMarked;
