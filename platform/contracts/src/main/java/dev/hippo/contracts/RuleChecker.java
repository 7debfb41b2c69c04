// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import java.util.List;
import java.util.Optional;

/** Says whether an encoded event keeps the rules of its contract. Thread-safe. */
public interface RuleChecker {
    /**
     * Checks one encoded message, which is not copied or kept.
     *
     * @return what is broken; empty when the event is valid. Bytes that are no protobuf message of the contract give one violation with the
     *     rule {@code parse}; a rule that fails while it is evaluated gives one with the rule {@code evaluation}
     */
    List<Violation> check(byte[] message, int offset, int length);

    default List<Violation> check(byte[] message) {
        return check(message, 0, message.length);
    }

    /** Why events of this contract are parsed and checked by protovalidate, some ten times slower; empty when their bytes are checked as they are. */
    Optional<String> fallback();

    /** Loads what only an invalid event needs, about a second of work, so that the first such event does not wait for it. May be called at any time, or never. */
    void warm();
}
