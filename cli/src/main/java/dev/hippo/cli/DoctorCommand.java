// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hippo.cli.diagnosis.DatabaseCheckup;
import dev.hippo.cli.diagnosis.HostCheckup;
import dev.hippo.cli.diagnosis.KafkaCheckup;
import dev.hippo.cli.diagnosis.KafkaSufferers;
import dev.hippo.cli.diagnosis.ProcessCheckup;
import dev.hippo.cli.diagnosis.Symptom;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.KafkaConnection;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks at everything that may be wrong on this host. */
@Command(
        name = "doctor",
        description =
                "Look at everything that may be wrong here: Java, disk, ports, programs, processes, Kafka, topics, clock,"
                        + " database; say what to do.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo doctor"})
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PipelineSpec pipeline = options.pipeline();
        StateFolder state = options.state(pipeline);
        List<Symptom> symptoms = new ArrayList<>(new HostCheckup(pipeline, state, System.getenv()).look());
        symptoms.addAll(new ProcessCheckup(state).look());
        List<Symptom> kafka = kafka(pipeline, state);
        symptoms.addAll(kafka);
        if (kafka.stream()
                .anyMatch(symptom ->
                        symptom.state() == Symptom.State.SICK && symptom.about().equals("kafka"))) {
            symptoms.addAll(new KafkaSufferers(pipeline, state).look());
        }
        symptoms.addAll(DatabaseCheckup.look(System.getenv()));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            symptoms.forEach(symptom -> all.addObject()
                    .put("state", symptom.state().word())
                    .put("about", symptom.about())
                    .put("text", symptom.text())
                    .put("remedy", symptom.remedy()));
            out.println(all.toPrettyString());
        } else {
            symptoms.forEach(symptom -> out.println(symptom.state().word() + ": " + symptom.about() + ": "
                    + symptom.text() + (symptom.remedy().isEmpty() ? "" : "; " + symptom.remedy())));
        }
        return symptoms.stream().anyMatch(symptom -> symptom.state() == Symptom.State.SICK)
                ? ExitStatus.FAILED
                : ExitStatus.OK;
    }

    private static List<Symptom> kafka(PipelineSpec pipeline, StateFolder state) {
        KafkaConnection kafka;
        try {
            kafka = KafkaConnection.of(pipeline, state);
        } catch (IOException e) {
            // it was never started here: that the pipeline is not up has been told
            return List.of();
        }
        return new KafkaCheckup(pipeline, kafka).look(InstantSource.system().instant());
    }
}
