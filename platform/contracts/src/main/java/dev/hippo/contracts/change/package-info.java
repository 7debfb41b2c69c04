// SPDX-License-Identifier: Apache-2.0
/** What a change of contracts does to the events and rows that are stored already. */
@NullMarked
package dev.hippo.contracts.change;

import org.jspecify.annotations.NullMarked;
