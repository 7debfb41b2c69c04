// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.diagnosis;

import dev.hippo.cli.supervisor.ProcessRecord;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** When Kafka does not answer: the processes of this host that wait for it, and what each does meanwhile. */
public final class KafkaSufferers {
    private final PipelineSpec pipeline;
    private final StateFolder state;

    public KafkaSufferers(PipelineSpec pipeline, StateFolder state) {
        this.pipeline = pipeline;
        this.state = state;
    }

    /** One for each process that lives or is to be started again. */
    public List<Symptom> look() throws IOException {
        List<Symptom> symptoms = new ArrayList<>();
        for (ProcessRecord record : ProcessRecord.read(state)) {
            boolean wanted = record.living().isPresent() || record.state().equals("RETRYING");
            if (wanted && !record.name().equals("kafka")) {
                symptoms.add(Symptom.warning(
                        record.name(),
                        "it waits for Kafka: " + meanwhile(record.name()),
                        "nothing to do here; it goes on when Kafka answers"));
            }
        }
        return symptoms;
    }

    private String meanwhile(String name) {
        HippoSpec hippo = pipeline.hippos().get(name);
        if (hippo == null) {
            return "it judges nobody, takes no orders and tells what it knew before";
        }
        return switch (hippo.kind()) {
            case FRONTIER -> "callers are refused with 503 and keep what they could not send";
            case STREAM_ETL -> "no event is read and nothing is written";
            case BATCH_ETL, INTEGRATOR -> "jobs that run go on, nothing begins, and no end is told";
            case QUERY -> "queries over topics fail, those over tables are answered";
            default -> "what it reads and writes there stands still";
        };
    }
}
