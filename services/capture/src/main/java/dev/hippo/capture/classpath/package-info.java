// SPDX-License-Identifier: Apache-2.0
/** Jars and folders of classes that a pipeline brings. */
@NullMarked
package dev.hippo.capture.classpath;

import org.jspecify.annotations.NullMarked;
