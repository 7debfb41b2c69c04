// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.sdk.Job;
import dev.hippo.wire.mission.Mission;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The environment variables of a job: {@code HIPPO_MISSION_ID}, {@code HIPPO_ATTEMPT}, {@code HIPPO_PARTITION}, {@code HIPPO_TABLE} and so on, the
 * parameters as {@code HIPPO_PARAMETER_<NAME>}, and what the pipeline file says.
 *
 * @param bootstrapServers of Kafka
 * @param further what the pipeline file says
 */
record JobEnvironment(String bootstrapServers, Map<String, String> further) {
    /** The Java that runs this process. */
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    private static final Path SDK = sdk();

    /** The jar, or in a build the folder, of the classes that jobs in Java are written with. */
    private static Path sdk() {
        try {
            return Path.of(Job.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the SDK is at no file", e);
        }
    }

    JobEnvironment {
        further = Map.copyOf(further);
    }

    static JobEnvironment of(HippoContext context, HippoSettings.Batch settings) {
        Map<String, String> further = new HashMap<>(settings.env());
        String named = further.get(HippoSettings.Batch.QUERY_SERVICE);
        if (named != null) {
            context.pipeline().queryService(named).ifPresent(service -> {
                boolean every =
                        service.host().equals("0.0.0.0") || service.host().equals("::");
                String host = every
                        ? "127.0.0.1"
                        : service.host().contains(":") ? "[" + service.host() + "]" : service.host();
                further.put(HippoSettings.Batch.QUERY_SERVICE, service.name());
                if (service.port() == 0) {
                    // its process writes there which one it has found
                    further.put("HIPPO_SQL_HOST", host);
                    further.put(
                            "HIPPO_SQL_RUN_FILE",
                            context.state()
                                    .run()
                                    .resolve(service.name() + ".json")
                                    .toString());
                } else {
                    further.put("HIPPO_SQL_URL", "http://" + host + ":" + service.port());
                }
            });
        }
        return new JobEnvironment(context.kafka().bootstrapServers(), further);
    }

    /** Puts in all that concerns the attempt. */
    void fill(Map<String, String> environment, Mission mission, AttemptFolder attempt) {
        environment.putAll(further);
        environment.put("HIPPO_PIPELINE", mission.pipeline());
        environment.put("HIPPO_NAME", mission.hippo());
        environment.put("HIPPO_MISSION_ID", mission.id());
        environment.put("HIPPO_ATTEMPT", Integer.toString(mission.attempt()));
        environment.put(
                "HIPPO_EXEC_DATE", Long.toString(mission.version().executed().getEpochSecond()));
        environment.put("HIPPO_PARTITION", mission.partition().values());
        mission.partition().columns().forEach((column, value) -> {
            if (!column.isEmpty()) {
                environment.put("HIPPO_PARTITION_" + variable(column), value);
            }
        });
        mission.parameters().forEach((name, value) -> environment.put("HIPPO_PARAMETER_" + variable(name), value));
        if (!mission.trigger().sources().isEmpty()) {
            ObjectNode message = mission.trigger().sources().get(0).message();
            for (String field : new String[] {"db", "table", "method"}) {
                JsonNode value = message.path(field);
                if (value.isValueNode() && !value.isNull()) {
                    environment.put("HIPPO_" + variable(field), value.asText());
                }
            }
        }
        environment.put("HIPPO_JAVA", JAVA.toString());
        environment.put("HIPPO_SDK", SDK.toString());
        Path lib = SDK.resolve("../..").normalize();
        environment.put("HIPPO_LIB", lib.toString());
        environment.put("HIPPO_KAFKA", bootstrapServers);
        environment.put("HIPPO_MISSION_FILE", attempt.missionFile().toString());
        environment.put("HIPPO_RESULT_FILE", attempt.resultFile().toString());
    }

    /** A name as a shell's variable can have it. */
    private static String variable(String name) {
        return name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9_]", "_");
    }
}
