// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.supervision;

import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.SupervisionSpec;
import dev.hippo.wire.service.AgentReport;
import dev.hippo.wire.service.Alert;
import dev.hippo.wire.service.Assignment;
import dev.hippo.wire.service.ServiceState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides what runs where and what people must know, from what agents and services say and for how long they have said nothing. It reads no clock and writes nothing:
 * the loop gives it times, and carries out what it decides. Not thread-safe.
 */
final class Ward {
    /** How long everybody may have had to say something before anything is concluded from silence. */
    static final Duration SETTLING = Duration.ofSeconds(3);
    /** How often a silent process is killed before it is given up. */
    static final int MOST_KILLS = 3;
    /** For how long it must be heard until it is forgiven that it was killed. */
    static final Duration FORGIVEN_AFTER = Duration.ofMinutes(1);

    private final PipelineSpec pipeline;
    private final SupervisionSpec limits;
    private final String doctor;
    private final Map<String, WatchedService> services = new TreeMap<>();
    private final Map<String, WatchedAgent> agents = new TreeMap<>();
    private Instant settled;
    private boolean kafkaAnswers = true;

    Ward(PipelineSpec pipeline, String doctor, Instant now) {
        this.pipeline = pipeline;
        this.limits = pipeline.supervision();
        this.doctor = doctor;
        this.settled = now.plus(SETTLING);
        pipeline.hippos().keySet().forEach(name -> services.put(name, new WatchedService(name, now)));
    }

    /** Nothing that is said can be heard now: nobody is to blame for silence. */
    void kafkaIsAway() {
        kafkaAnswers = false;
    }

    /** What is said can be heard again: silence counts from now on. */
    void kafkaIsBack(Instant now) {
        kafkaAnswers = true;
        settled = now.plus(SETTLING);
        services.values().forEach(service -> service.forgive(now));
        agents.values().forEach(agent -> agent.pulse().forgive(now));
    }

    boolean kafkaAnswers() {
        return kafkaAnswers;
    }

    /** An assignment was read from the log. */
    void assigned(Assignment assignment, Instant now) {
        WatchedService service = services.get(assignment.service());
        if (service != null) {
            service.assigned(assignment, now);
            agents.computeIfAbsent(assignment.agent(), name -> new WatchedAgent(name, now));
        }
    }

    /** A service's heartbeat was heard. */
    void beats(Beat beat, Instant now) {
        WatchedService service = services.get(beat.service());
        if (service != null) {
            service.beats(beat, now);
        }
    }

    /** An agent's heartbeat was heard; alerts of deaths that it tells of are returned. */
    List<Alert> reported(AgentReport report, boolean stopping, Duration interval, Instant now) {
        agents.computeIfAbsent(report.agent(), name -> new WatchedAgent(name, now))
                .heard(report, stopping, interval, now);
        List<Alert> alerts = new ArrayList<>();
        for (AgentReport.Run run : report.services()) {
            WatchedService service = services.get(run.service());
            Assignment assignment = service == null ? null : service.assignment();
            if (service != null && assignment != null && assignment.agent().equals(report.agent())) {
                compare(service, service.reported(run, now), run, now, alerts);
            }
        }
        return alerts;
    }

    private void compare(
            WatchedService service,
            AgentReport.@Nullable Run before,
            AgentReport.Run run,
            Instant now,
            List<Alert> alerts) {
        if (before == null) {
            return;
        }
        if (run.state() != ServiceState.DEAD && run.restarts() > before.restarts()) {
            tell(service, Alert.Cause.DIED, "died and is started again: " + run.death(), now, alerts);
        }
    }

    private void tell(WatchedService service, Alert.Cause cause, String what, Instant now, List<Alert> alerts) {
        service.told(cause);
        alerts.add(alert(service.name(), cause, "'" + service.name() + "' " + what, now));
    }

    private Alert alert(String subject, Alert.Cause cause, String text, Instant now) {
        return new Alert(pipeline.name(), subject, cause, text, doctor, now);
    }

    /** What follows from what is known now. Carrying it out is up to the Doctor that leads; the others forget it. */
    Decisions decide(Instant now) {
        List<Assignment> assignments = new ArrayList<>();
        List<Alert> alerts = new ArrayList<>();
        if (kafkaAnswers && !now.isBefore(settled)) {
            agents.values().forEach(agent -> {
                agent(agent, now, alerts);
                file(agent, now, alerts);
            });
            for (WatchedService service : services.values()) {
                Assignment assignment = service.assignment();
                Assignment stop = service.unheededStop();
                if (service.awaitsOrder()) {
                    // its place is being decided
                } else if (stop != null) {
                    // somebody's word, given by another Doctor while this one decided something else
                    order(service, stop.agent(), false, stop.reason() + " (" + stop.by() + ")", now, assignments);
                } else if (assignment == null) {
                    place(service, "nobody had it", now, assignments, alerts);
                } else if (assignment.running()) {
                    running(service, assignment, now, assignments, alerts);
                }
            }
        }
        return new Decisions(assignments, alerts);
    }

    private void agent(WatchedAgent agent, Instant now, List<Alert> alerts) {
        boolean gone = agent.gone(now, limits.lost());
        if (gone && !agent.lost()) {
            agent.lost(true);
            // the log tells of agents too that are long gone and have nothing any more
            if (!agent.stopped() && (agent.wasHeard() || hasServices(agent))) {
                alerts.add(alert(
                        agent.name(),
                        Alert.Cause.AGENT_LOST,
                        "agent '" + agent.name() + "' has not been heard of for "
                                + agent.pulse().silence(now).toSeconds()
                                + " s; what is silent of its services is given to others. See whether its host runs, and"
                                + " start 'hippo agent' there again",
                        now));
            }
        } else if (!gone && agent.lost()) {
            agent.lost(false);
            alerts.add(alert(
                    agent.name(),
                    Alert.Cause.AGENT_BACK,
                    "agent '" + agent.name() + "' is heard of again; what others have got stays there",
                    now));
        }
    }

    /** Two pipelines of one name share epochs, offsets and missions; two versions of one file only want to be brought together. */
    private void file(WatchedAgent agent, Instant now, List<Alert> alerts) {
        if (!agent.answers(now)) {
            return;
        }
        Set<String> own = pipeline.hippos().keySet();
        agent.untoldFile(own).ifPresent(file -> {
            Set<String> more = new TreeSet<>(file);
            more.removeAll(own);
            Set<String> less = new TreeSet<>(own);
            less.removeAll(file);
            alerts.add(alert(
                    agent.name(),
                    Alert.Cause.OTHER_FILE,
                    "agent '" + agent.name() + "' has another file of pipeline '" + pipeline.name()
                            + "' than the Doctor: "
                            + (more.isEmpty() ? "" : "it has " + more + ", which the Doctor's does not have; ")
                            + (less.isEmpty() ? "" : "it does not have " + less + "; ")
                            + "if it is another pipeline give it another name, else bring the files up to date and start"
                            + " agents and Doctors again",
                    now));
        });
    }

    private boolean hasServices(WatchedAgent agent) {
        return services.values().stream()
                .map(WatchedService::assignment)
                .anyMatch(each -> each != null && each.running() && each.agent().equals(agent.name()));
    }

    private void running(
            WatchedService service, Assignment assignment, Instant now, List<Assignment> orders, List<Alert> alerts) {
        WatchedAgent agent = agents.get(assignment.agent());
        if (agent == null || agent.gone(now, limits.lost())) {
            // its process may outlive its agent, and as long as it is heard it is left alone
            if (!service.lives(now) && (agent == null || agent.stopped() || silentLong(service, now))) {
                place(service, "agent '" + assignment.agent() + "' is gone", now, orders, alerts);
            }
            return;
        }
        if (!agent.declares(service.name())) {
            place(service, Chart.undeclared(agent.name()), now, orders, alerts);
            return;
        }
        AgentReport.Run run = service.run();
        if (run != null && run.state() == ServiceState.DEAD) {
            // told by whoever leads, also when it was given up before
            if (service.told() != Alert.Cause.GAVE_UP) {
                tell(service, Alert.Cause.GAVE_UP, "was given up: " + run.reason(), now, alerts);
            }
            return;
        }
        if (agent.answers(now) && service.hungFor(now).compareTo(limits.hung()) > 0) {
            hung(service, assignment, now, orders, alerts);
        } else if (service.answers(now)) {
            progress(service, now, alerts);
        }
    }

    private boolean silentLong(WatchedService service, Instant now) {
        return service.silence(now).compareTo(limits.lost()) > 0;
    }

    private void hung(
            WatchedService service, Assignment assignment, Instant now, List<Assignment> orders, List<Alert> alerts) {
        long seconds = service.hungFor(now).toSeconds();
        if (service.kills() >= MOST_KILLS) {
            if (service.told() != Alert.Cause.GAVE_UP) {
                tell(
                        service,
                        Alert.Cause.GAVE_UP,
                        "has been killed " + MOST_KILLS
                                + " times because its process lived and was silent, and is silent"
                                + " again; it is left alone. See 'hippo logs " + service.name()
                                + "', then 'hippo restart "
                                + service.name() + "'",
                        now,
                        alerts);
            }
            return;
        }
        service.killed();
        tell(
                service,
                Alert.Cause.HUNG,
                "lives and has not been heard of for " + seconds + " s; it is killed and started again",
                now,
                alerts);
        Assignment kill = Assignment.of(
                        pipeline.name(),
                        service.name(),
                        assignment.agent(),
                        true,
                        doctor,
                        "silent for " + seconds + " s",
                        now)
                .killing();
        orders.add(kill);
        service.orders(kill, true);
    }

    private void progress(WatchedService service, Instant now, List<Alert> alerts) {
        if (service.wellFor(now).compareTo(FORGIVEN_AFTER) > 0) {
            service.forgiveKills();
        }
        Duration stuck = service.stuckFor(now);
        boolean limited = !limits.noProgress().isZero();
        if (limited && stuck.compareTo(limits.noProgress()) > 0) {
            if (service.told() != Alert.Cause.NO_PROGRESS) {
                Beat beat = service.beat();
                tell(
                        service,
                        Alert.Cause.NO_PROGRESS,
                        "lives, is " + (beat == null ? 0 : beat.lag()) + " events behind and has got nowhere for "
                                + stuck.toSeconds() + " s; see 'hippo logs " + service.name() + "'",
                        now,
                        alerts);
            }
            return;
        }
        AgentReport.Run run = service.run();
        if (service.told() != null && run != null && run.state() == ServiceState.RUNNING) {
            service.told(null);
            alerts.add(alert(service.name(), Alert.Cause.RECOVERED, "'" + service.name() + "' is well again", now));
        }
    }

    /** Gives a service to the agent that may have it and has least. */
    private void place(WatchedService service, String why, Instant now, List<Assignment> orders, List<Alert> alerts) {
        HippoSpec hippo = pipeline.hippos().get(service.name());
        Map<String, Long> load = services.values().stream()
                .map(WatchedService::intended)
                .filter(each -> each != null && each.running())
                .collect(Collectors.groupingBy(Assignment::agent, Collectors.counting()));
        Optional<WatchedAgent> best = agents.values().stream()
                .filter(agent -> agent.answers(now)
                        && !agent.lost()
                        && hippo != null
                        && agent.declares(service.name())
                        && agent.labels().containsAll(hippo.runsOn()))
                .min(Comparator.comparing((WatchedAgent agent) -> load.getOrDefault(agent.name(), 0L))
                        .thenComparing(WatchedAgent::name));
        if (best.isPresent()) {
            Assignment before = service.assignment();
            if (before != null) {
                tell(
                        service,
                        Alert.Cause.MOVED,
                        "was given to agent '" + best.get().name() + "': " + why,
                        now,
                        alerts);
            }
            order(service, best.get().name(), true, why, now, orders);
        } else if (service.told() != Alert.Cause.NO_PLACE) {
            tell(
                    service,
                    Alert.Cause.NO_PLACE,
                    "runs nowhere: " + why + ", and no agent that answers " + missing(service, hippo, now),
                    now,
                    alerts);
        }
    }

    /** What every agent that answers lacks, and what to do. */
    private String missing(WatchedService service, @Nullable HippoSpec hippo, Instant now) {
        List<WatchedAgent> answering =
                agents.values().stream().filter(agent -> agent.answers(now)).toList();
        if (!answering.isEmpty() && answering.stream().noneMatch(agent -> agent.declares(service.name()))) {
            return "has it in its pipeline file; bring the file up to date where it shall run, and start the agent there"
                    + " again";
        }
        return (hippo == null || hippo.runsOn().isEmpty() ? "is left" : "has it and the labels " + hippo.runsOn())
                + "; start one with 'hippo agent'";
    }

    private void order(
            WatchedService service, String agent, boolean running, String why, Instant now, List<Assignment> orders) {
        Assignment order = Assignment.of(pipeline.name(), service.name(), agent, running, doctor, why, now);
        orders.add(order);
        service.orders(order, true);
    }

    /**
     * What a person orders: that a service runs where it is now, from anew if it runs, or that it does not. Nothing else is decided about the service until it comes back
     * from the log.
     *
     * @return what is to be written; empty when no agent has ever had the service
     */
    Optional<Assignment> command(String name, boolean running, String why, Instant now) {
        WatchedService service = services.get(name);
        Assignment has = service == null ? null : service.intended();
        if (service == null || has == null) {
            return Optional.empty();
        }
        Assignment order = Assignment.of(pipeline.name(), name, has.agent(), running, doctor, why, now);
        service.orders(order, false);
        return Optional.of(order);
    }

    /** What a person ordered could not be written. */
    void withdraw(Assignment order) {
        WatchedService service = services.get(order.service());
        if (service != null) {
            service.withdraws(order);
        }
    }

    /** How every service is. */
    List<ServiceView> services(Instant now) {
        return new Chart(services, agents, limits.lost(), kafkaAnswers).services(now);
    }

    /** How every agent is. */
    List<AgentView> agents(Instant now) {
        return new Chart(services, agents, limits.lost(), kafkaAnswers).agents(now);
    }
}
