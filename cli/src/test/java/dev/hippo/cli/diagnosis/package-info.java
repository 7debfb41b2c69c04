// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.hippo.cli.diagnosis;

import org.jspecify.annotations.NullMarked;
