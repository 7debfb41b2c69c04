// SPDX-License-Identifier: Apache-2.0
/** What a job written in Java needs: its mission, and a place for what it says of itself. Depends on nothing but the JDK. */
@NullMarked
package dev.hippo.sdk;

import org.jspecify.annotations.NullMarked;
