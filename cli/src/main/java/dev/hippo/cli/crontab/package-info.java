// SPDX-License-Identifier: Apache-2.0
/** What a crontab says, as a pipeline would. */
@NullMarked
package dev.hippo.cli.crontab;

import org.jspecify.annotations.NullMarked;
