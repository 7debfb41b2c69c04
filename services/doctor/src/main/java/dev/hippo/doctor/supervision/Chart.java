// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.supervision;

import dev.hippo.wire.service.AgentReport;
import dev.hippo.wire.service.Assignment;
import dev.hippo.wire.service.ServiceState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How services and agents are, in the words that people read.
 *
 * @param lost how long an agent is silent until it is lost
 * @param kafkaAnswers whether anything that is said can be heard
 */
record Chart(
        Map<String, WatchedService> services, Map<String, WatchedAgent> agents, Duration lost, boolean kafkaAnswers) {
    /** Why an agent cannot run a service. */
    static String undeclared(String agent) {
        return "agent '" + agent + "' does not have it in its pipeline file";
    }

    /** How every service is. */
    List<ServiceView> services(Instant now) {
        return services.values().stream().map(service -> view(service, now)).toList();
    }

    /** How every agent is. */
    List<AgentView> agents(Instant now) {
        Map<String, List<String>> has = services.values().stream()
                .map(WatchedService::assignment)
                .filter(each -> each != null && each.running())
                .collect(Collectors.groupingBy(
                        Assignment::agent, Collectors.mapping(Assignment::service, Collectors.toList())));
        return agents.values().stream()
                .map(agent -> new AgentView(
                        agent.name(),
                        !kafkaAnswers
                                ? "unknown"
                                : agent.stopped()
                                        ? "stopped"
                                        : agent.answers(now) ? "running" : agent.gone(now, lost) ? "lost" : "silent",
                        agent.labels(),
                        has.getOrDefault(agent.name(), List.of()),
                        agent.pulse().silence(now)))
                .toList();
    }

    private ServiceView view(WatchedService service, Instant now) {
        Assignment assignment = service.assignment();
        AgentReport.Run run = service.run();
        Function<ServiceState, Function<String, ServiceView>> view = state -> reason -> new ServiceView(
                service.name(),
                state,
                reason,
                assignment == null ? "" : assignment.agent(),
                assignment == null ? -1 : assignment.epoch(),
                run == null ? 0 : run.pid(),
                run == null ? 0 : run.restarts());
        if (!kafkaAnswers) {
            return view.apply(ServiceState.UNKNOWN).apply("Kafka does not answer the Doctor");
        }
        if (assignment == null) {
            return view.apply(ServiceState.SLEEP).apply("no agent has it");
        }
        WatchedAgent agent = agents.get(assignment.agent());
        if (agent == null || !agent.answers(now)) {
            return service.lives(now)
                    ? view.apply(ServiceState.RUNNING).apply("its agent is not heard of")
                    : !assignment.running()
                            ? view.apply(ServiceState.SLEEP).apply(assignment.reason())
                            : view.apply(ServiceState.UNKNOWN).apply("neither it nor its agent is heard of");
        }
        if (assignment.running() && !agent.declares(service.name())) {
            return view.apply(ServiceState.DEAD)
                    .apply(undeclared(agent.name()) + "; bring the file up to date and start the agent again");
        }
        if (run == null) {
            return assignment.running()
                    ? view.apply(ServiceState.STARTING).apply(assignment.reason())
                    : view.apply(ServiceState.SLEEP).apply(assignment.reason());
        }
        if (run.state() == ServiceState.RUNNING && !service.answers(now)) {
            return view.apply(ServiceState.UNKNOWN)
                    .apply("its process lives and has not been heard of for "
                            + service.hungFor(now).toSeconds() + " s");
        }
        return view.apply(run.state()).apply(run.reason());
    }
}
