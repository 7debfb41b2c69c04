// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import dev.hippo.kit.HippoFailure;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.client.deployment.StandaloneClusterId;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.client.JobStatusMessage;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Flink cluster that the pipeline file names by its REST address.
 *
 * @param port of the REST endpoint
 */
record RemoteCluster(String host, int port) {
    private static final Logger log = LoggerFactory.getLogger(RemoteCluster.class);

    static RemoteCluster at(String address) throws HippoFailure {
        String plain = address.replaceFirst("^https?://", "");
        int colon = plain.lastIndexOf(':');
        try {
            return new RemoteCluster(
                    plain.substring(0, Math.max(0, colon)), Integer.parseInt(plain.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new HippoFailure("engine.flink.address '" + address + "' has no port; write host:8081", e);
        }
    }

    StreamExecutionEnvironment environment(Configuration configuration, int parallelism) {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createRemoteEnvironment(host, port, configuration, JobJars.ofThisProcess());
        environment.setParallelism(parallelism);
        return environment;
    }

    /** Cancels a job of that name and waits for its end: this process' predecessor may have died while its job ran on, and two must never run. */
    void endRunning(String name, Duration limit) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(RestOptions.ADDRESS, host);
        configuration.set(RestOptions.PORT, port);
        try (RestClusterClient<StandaloneClusterId> client =
                new RestClusterClient<>(configuration, StandaloneClusterId.getInstance())) {
            for (JobStatusMessage job : client.listJobs().get(limit.toSeconds(), TimeUnit.SECONDS)) {
                if (job.getJobName().equals(name) && !job.getJobState().isGloballyTerminalState()) {
                    log.info("Ending job={} of an earlier process", job.getJobId());
                    client.cancel(job.getJobId()).get(limit.toSeconds(), TimeUnit.SECONDS);
                    client.requestJobResult(job.getJobId()).get(limit.toSeconds(), TimeUnit.SECONDS);
                }
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "the Flink cluster at " + host + ":" + port + " does not answer: "
                            + StartProblem.root(e).getMessage(),
                    e);
        }
    }
}
