// SPDX-License-Identifier: Apache-2.0
/**
 * Field rules compiled to tables that run on the wire bytes of an event. A program answers "surely valid" or "ask the reference"; it is
 * never wrong about the first and may be over-careful with the second.
 */
@NullMarked
package dev.hippo.contracts.program;

import org.jspecify.annotations.NullMarked;
