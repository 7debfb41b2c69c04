// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

/**
 * One field rule that an event breaks.
 *
 * @param path the field, as protovalidate writes it: {@code items[2].price}; empty for a rule on the whole message or for bytes that do not parse
 * @param rule the rule's id: {@code string.min_len}, {@code required}, {@code parse}
 * @param message what was expected, for a person
 */
public record Violation(String path, String rule, String message) {}
