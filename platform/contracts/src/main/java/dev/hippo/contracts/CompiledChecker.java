// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import dev.hippo.contracts.program.MessageProgram;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Checks on the wire bytes. An event that the program accepts is valid; about any other, protovalidate has the last word, so that verdicts
 * and texts are its own. Protovalidate is loaded when it is first asked.
 */
final class CompiledChecker implements RuleChecker {
    private final MessageProgram program;
    private final Supplier<RuleChecker> reference;

    CompiledChecker(MessageProgram program, Supplier<RuleChecker> reference) {
        this.program = program;
        this.reference = reference;
    }

    @Override
    public List<Violation> check(byte[] message, int offset, int length) {
        if (program.accepts(message, offset, length)) {
            return List.of();
        }
        return reference.get().check(message, offset, length);
    }

    @Override
    public Optional<String> fallback() {
        return Optional.empty();
    }

    @Override
    public void warm() {
        reference.get().warm();
    }
}
