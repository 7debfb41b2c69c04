// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import java.util.List;

/** Says whether an encoded event keeps the rules of its contract. Thread-safe. */
public interface RuleChecker {
    /**
     * Checks one encoded message, which is not copied or kept.
     *
     * @return what is broken; empty when the event is valid. Bytes that are no protobuf message of the contract give one violation with the rule {@code parse}
     */
    List<Violation> check(byte[] message, int offset, int length);

    default List<Violation> check(byte[] message) {
        return check(message, 0, message.length);
    }
}
