// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.RuleSpec;
import dev.hippo.pipeline.Suggestion;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.why.EvidenceReader;
import dev.hippo.wire.why.Why;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says why a rule has started a mission for a partition, or why not. */
@Command(
        name = "why",
        description = "Say why a rule has started a mission for a partition, or why it has not.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo why balances 201703"})
final class WhyCommand implements Callable<Integer> {
    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Parameters(
            index = "0",
            paramLabel = "HIPPO",
            description = "the hippo, or words that its rule has: 'table PARTY_*'")
    private String what = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "PARTITION",
            description = "its values, with slashes between (default: the whole table)",
            defaultValue = "")
    private String partition = "";

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PipelineSpec pipeline = options.pipeline();
        Map<HippoSpec, List<RuleSpec>> asked = asked(pipeline);
        KafkaConnection kafka = options.kafka(pipeline);
        Instant now = InstantSource.system().instant();
        String values = TraceCommand.values(partition);
        PrintWriter out = spec.commandLine().getOut();
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (Map.Entry<HippoSpec, List<RuleSpec>> each : asked.entrySet()) {
            HippoSpec hippo = each.getKey();
            if (!json) {
                out.println(hippo.name() + (values.isEmpty() ? "" : ", partition " + values));
            }
            for (Why.Answer answer : Why.answer(
                    pipeline.name(),
                    hippo,
                    each.getValue(),
                    values,
                    EvidenceReader.read(kafka, pipeline.name(), hippo, values, now))) {
                if (json) {
                    all.addObject()
                            .put("hippo_name", hippo.name())
                            .put("verdict", answer.verdict().word())
                            .put("about", answer.about())
                            .put("text", answer.text());
                } else {
                    out.println("  " + answer.verdict().word() + ": " + answer.about());
                    out.println("    " + answer.text());
                }
            }
        }
        if (json) {
            out.println(all.toPrettyString());
        }
        return ExitStatus.OK;
    }

    private Map<HippoSpec, List<RuleSpec>> asked(PipelineSpec pipeline) {
        Map<HippoSpec, List<RuleSpec>> asked = new LinkedHashMap<>();
        List<String> known = new ArrayList<>();
        for (HippoSpec hippo : pipeline.hippos().values()) {
            if (!(hippo.settings() instanceof Batch batch)) {
                continue;
            }
            known.add(hippo.name());
            if (hippo.name().equals(what)) {
                return Map.of(hippo, batch.rules());
            }
            List<RuleSpec> rules = batch.rules().stream()
                    .filter(rule -> rule.toString().toLowerCase(Locale.ROOT).contains(what.toLowerCase(Locale.ROOT)))
                    .toList();
            if (!rules.isEmpty()) {
                asked.put(hippo, rules);
            }
        }
        if (asked.isEmpty()) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "no hippo '" + what + "' of pipeline '" + pipeline.name()
                            + "' runs missions, and no rule has these words; " + Suggestion.hint(what, known));
        }
        return asked;
    }
}
