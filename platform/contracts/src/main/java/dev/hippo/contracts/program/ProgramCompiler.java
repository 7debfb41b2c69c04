// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

import com.google.protobuf.Descriptors.Descriptor;
import java.util.HashMap;
import java.util.Map;

/** Compiles a message type and all types that it holds. Not thread-safe; one compiler per contract. */
public final class ProgramCompiler {
    private final Map<Key, MessageProgram> programs = new HashMap<>();

    /** Types that hold themselves end at a program that is still being defined. */
    private record Key(Descriptor type, boolean withRules) {}

    private ProgramCompiler() {}

    /**
     * Compiles the rules of one message type.
     *
     * @throws NotCompilableException if a rule cannot be checked on the wire bytes, or is one that protovalidate would refuse
     */
    public static MessageProgram compile(Descriptor type) throws NotCompilableException {
        return new ProgramCompiler().program(type, true);
    }

    /** The program of that type; without rules it only sees that the bytes parse. */
    MessageProgram program(Descriptor type, boolean withRules) throws NotCompilableException {
        Key key = new Key(type, withRules);
        MessageProgram known = programs.get(key);
        if (known != null) {
            return known;
        }
        MessageProgram program = new MessageProgram();
        programs.put(key, program);
        new MessageCompiler(this, type, withRules).define(program);
        return program;
    }
}
