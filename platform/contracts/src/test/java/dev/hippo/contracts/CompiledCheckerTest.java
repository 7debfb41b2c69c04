// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.ExtensionRegistry;
import dev.hippo.contracts.program.MessageProgram;
import dev.hippo.contracts.program.ProgramCompiler;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class CompiledCheckerTest {
    private static final int EVENTS = Integer.getInteger("hippo.events", 2_000);
    private static ContractCatalog catalog;

    @BeforeAll
    static void compile() throws Exception {
        catalog = ContractCompiler.compile(Path.of("src/test/resources/contracts/broad"));
    }

    @TestFactory
    List<DynamicTest> whatItAcceptsProtovalidateAcceptsAndThePlainEventsAreDecidedHere() {
        return catalog.names().stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> compare(name)))
                .toList();
    }

    private void compare(String name) throws Exception {
        long seed = Long.getLong("hippo.seed", new Random().nextLong());
        Descriptor type = catalog.contract(name).orElseThrow().descriptor();
        MessageProgram program = ProgramCompiler.compile(type);
        RuleChecker reference = new ProtovalidateChecker(type, ExtensionRegistry.newInstance(), "reference");
        RandomEvents events = new RandomEvents(new Random(seed));
        int valid = 0;
        int decided = 0;
        byte[] other = {};
        for (int i = 0; i < EVENTS; i++) {
            DynamicMessage message = events.message(type, 0);
            byte[] event = RandomEvents.encoded(message);
            for (int round = i % 4 * 20; round > 0 && !reference.check(event).isEmpty(); round--) {
                message = events.repair(message, reference.check(event));
                event = RandomEvents.encoded(message);
            }
            boolean spoilt = i % 2 == 1;
            byte[] sent = spoilt ? events.spoil(event, other) : event;
            other = event;
            boolean accepted = program.accepts(sent, 0, sent.length);
            List<Violation> violations = reference.check(sent);
            assertThat(accepted && !violations.isEmpty())
                    .as(() -> "seed " + seed + ", event " + HexFormat.of().formatHex(sent) + ": " + violations)
                    .isFalse();
            if (!spoilt && violations.isEmpty()) {
                valid++;
                decided += accepted ? 1 : 0;
            }
        }
        System.out.printf(
                "%-18s seed %20d: %d events, %d valid as made, %d of them decided on the bytes%n",
                name, seed, EVENTS, valid, decided);
        assertThat(decided).as("seed " + seed).isGreaterThan(valid / 4);
    }
}
