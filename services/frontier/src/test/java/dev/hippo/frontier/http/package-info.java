// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.hippo.frontier.http;

import org.jspecify.annotations.NullMarked;
