// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.hippo.frontier.publish;

import org.jspecify.annotations.NullMarked;
