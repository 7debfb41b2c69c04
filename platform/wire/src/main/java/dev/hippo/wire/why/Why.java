// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.why;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.RuleSpec;
import dev.hippo.pipeline.RuleSpec.Condition;
import dev.hippo.pipeline.RuleSpec.EventCame;
import dev.hippo.pipeline.RuleSpec.Schedule;
import dev.hippo.pipeline.RuleSpec.TableClosed;
import dev.hippo.pipeline.RuleSpec.Told;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.MissionStatus;
import dev.hippo.wire.why.Evidence.Message;
import dev.hippo.wire.why.Evidence.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Says why the rules of a hippo have started a mission for a partition, or why not. Decides from evidence alone. */
public final class Why {
    private static final int MOST_NEAR_MISSES = 3;
    private static final int MISSING_HEARTBEATS = 3;
    /** The later in {@link Verdict} the nearer, as far as conditions that are not met go. */
    private static final Comparator<Verdict> NEARNESS = Comparator.naturalOrder();

    /** What there is to say about a rule or the hippo, for people and machines. */
    public record Answer(Verdict verdict, String about, String text) {}

    /** What keeps a mission from starting, or that nothing does. */
    public enum Verdict {
        /** There is a mission. */
        STARTED,
        /** No message about the partition has come. */
        NO_MESSAGE,
        /** One has come, and a condition did not match. */
        NOT_MATCHING,
        /** Some of several conditions are met. */
        WAITING,
        /** The message has come, and the hippo has not read it. */
        NOT_READ,
        /** It was read, and was not newer than what had come before. */
        SEEN_BEFORE,
        /** The hippo was told to wait. */
        PAUSED,
        /** The hippo does not run. */
        NOT_RUNNING,
        /** The rule waits for a time. */
        TIME;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final String pipeline;
    private final HippoSpec hippo;
    private final Batch settings;
    private final String partition;
    private final Evidence evidence;

    private Why(String pipeline, HippoSpec hippo, String partition, Evidence evidence) {
        this.pipeline = pipeline;
        this.hippo = hippo;
        this.settings = hippo.settings(Batch.class);
        this.partition = partition;
        this.evidence = evidence;
    }

    /**
     * The answers: about the hippo, its missions, then rule by rule.
     *
     * @param rules those of the hippo that are asked about
     */
    public static List<Answer> answer(
            String pipeline, HippoSpec hippo, List<RuleSpec> rules, String partition, Evidence evidence) {
        Why why = new Why(pipeline, hippo, partition, evidence);
        List<Answer> answers = new ArrayList<>();
        why.hippo(answers);
        for (RuleSpec rule : rules) {
            answers.add(why.rule(rule));
        }
        return answers;
    }

    private void hippo(List<Answer> answers) {
        JsonNode beat = evidence.heartbeat();
        String stopped = stopped(beat);
        if (stopped != null) {
            answers.add(new Answer(
                    Verdict.NOT_RUNNING,
                    hippo.name(),
                    stopped + "; what comes waits for it. See 'hippo status' and 'hippo logs " + hippo.name() + "'"));
        }
        JsonNode control = evidence.states().get(pipeline + "/" + hippo.name() + "/control");
        if (control != null && control.path("paused").asBoolean()) {
            answers.add(new Answer(
                    Verdict.PAUSED,
                    hippo.name(),
                    "paused since " + control.path("since").asText()
                            + ": what comes is queued and begins with 'hippo rules resume " + hippo.name() + "'"));
        }
        for (Mission mission : evidence.missions()) {
            answers.add(new Answer(Verdict.STARTED, mission.trigger().rule(), told(mission)));
        }
    }

    private @Nullable String stopped(@Nullable JsonNode beat) {
        if (beat == null) {
            return "no heartbeat of it came in the last minute: it does not run, or Kafka does not get what it says";
        }
        Instant sent = Instant.parse(beat.path("sent_at").asText(evidence.now().toString()));
        Duration silence = Duration.between(sent, evidence.now());
        return switch (beat.path("state").asText()) {
            case "stopped" -> "it was stopped at " + sent;
            case "failed" ->
                "it died at " + sent + ": " + beat.path("error_msg").asText();
            default ->
                silence.toMillis() > MISSING_HEARTBEATS * beat.path("interval").asLong(1_000) + 1_000
                        ? "its last heartbeat is " + silence.toSeconds() + " s old"
                        : null;
        };
    }

    private String told(Mission mission) {
        List<String> places = new ArrayList<>();
        mission.trigger().sources().forEach(source -> places.add(source.place()));
        Mission.Failure error = mission.error();
        Instant finished = mission.finishedAt();
        Instant due = mission.dueAt();
        return "mission " + mission.id() + " is " + mission.status().word()
                + (mission.status() == MissionStatus.QUEUED
                        ? " since " + mission.createdAt() + " (" + settings.concurrency()
                                + " run at a time, those about the same thing one after the other)"
                        : finished == null ? "" : " since " + finished)
                + (due == null ? "" : ", next attempt at " + due)
                + (places.isEmpty() ? "" : ", started by " + String.join(", ", places))
                + (error == null
                        ? ""
                        : "; " + error.kind().word() + ": " + error.text().strip());
    }

    private Answer rule(RuleSpec rule) {
        String about = rule.toString();
        if (rule.conditions().get(0) instanceof Schedule schedule) {
            Optional<Instant> next = schedule.line().next(evidence.now());
            JsonNode mark = evidence.states().get(pipeline + "/" + hippo.name() + "/schedule/" + rule);
            return new Answer(
                    Verdict.TIME,
                    about,
                    "it waits for a time and not for a message; "
                            + (mark == null
                                    ? ""
                                    : "the last was dealt with at "
                                            + mark.path("done").asText() + ", ")
                            + next.map(time -> "the next is "
                                            + time.atZone(schedule.line().zone())
                                                    .toOffsetDateTime())
                                    .orElse("none comes"));
        }
        Optional<Mission> started = evidence.missions().stream()
                .filter(mission -> mission.trigger().rule().equals(about))
                .max(Comparator.comparing(Mission::createdAt));
        if (rule.counts()) {
            return counted(rule, started);
        }
        return rule.conditions().size() == 1 ? single(rule, rule.conditions().get(0), started) : several(rule, started);
    }

    /** The newest message that meets a condition. */
    private Optional<Message> met(Condition condition) {
        return evidence.messages().stream()
                .filter(message -> condition.told().stream()
                        .anyMatch(told -> ConditionMatch.differences(
                                        told, message.topic(), message.signal(), message.partition())
                                .filter(List::isEmpty)
                                .isPresent()))
                .reduce((first, second) -> second);
    }

    private boolean read(Message message) {
        Long position = evidence.positions().get(new TopicPartition(message.topic(), message.shard()));
        return position != null && position > message.offset();
    }

    private Answer single(RuleSpec rule, Condition condition, Optional<Mission> started) {
        String about = rule.toString();
        Optional<Message> met = met(condition);
        if (met.isEmpty()) {
            Answer missing = missing(about, condition);
            return started.filter(mission -> missing.verdict() != Verdict.WAITING)
                    .map(mission -> new Answer(Verdict.STARTED, about, "it has started mission " + mission.id()))
                    .orElse(missing);
        }
        Message message = met.get();
        String came = message.place() + " came at " + message.at() + " and meets it";
        if (!read(message)) {
            return new Answer(
                    Verdict.NOT_READ,
                    about,
                    came + "; the hippo has not read it yet (it is at " + position(message) + ")");
        }
        boolean byIt = evidence.missions().stream()
                .anyMatch(mission -> mission.trigger().sources().stream()
                        .anyMatch(source -> source.place().equals(message.place())));
        if (byIt) {
            return new Answer(Verdict.STARTED, about, came + "; it has started a mission");
        }
        return new Answer(
                Verdict.SEEN_BEFORE,
                about,
                came + ", and started none: its version "
                        + message.signal().version().executed()
                        + " is no newer than what came before, and 'repeat' is "
                        + settings.repeat().name().toLowerCase(Locale.ROOT)
                        + ". 'hippo run' or 'hippo retry' starts one all the same");
    }

    private String position(Message message) {
        Long position = evidence.positions().get(new TopicPartition(message.topic(), message.shard()));
        return position == null ? "its beginning" : "offset " + position;
    }

    /** Why nothing that has come meets a condition; of several alternatives what comes nearest decides. */
    private Answer missing(String about, Condition condition) {
        List<Answer> each =
                condition.told().stream().map(told -> missingOne(about, told)).toList();
        Verdict nearest = each.stream().map(Answer::verdict).max(NEARNESS).orElse(Verdict.NO_MESSAGE);
        return new Answer(
                nearest, about, each.stream().map(Answer::text).distinct().collect(Collectors.joining("; or ")));
    }

    private Answer missingOne(String about, Told told) {
        if (told instanceof EventCame event) {
            return NotToldByMessages.event(about, event, partition, evidence);
        }
        return told instanceof TableClosed closed
                ? NotToldByMessages.closed(about, closed, partition, state("closing/" + closed))
                : unmet(about, told);
    }

    private @Nullable JsonNode state(String key) {
        return evidence.states().get(pipeline + "/" + hippo.name() + "/" + key);
    }

    private Answer unmet(String about, Told condition) {
        List<String> near = evidence.messages().stream()
                .map(message -> new Near(
                        message,
                        ConditionMatch.differences(condition, message.topic(), message.signal(), message.partition())
                                .orElse(List.of())))
                .filter(miss -> !miss.differences().isEmpty())
                .sorted(Comparator.comparing((Near miss) -> miss.differences().size())
                        .thenComparing(miss -> miss.message().at(), Comparator.reverseOrder()))
                .limit(MOST_NEAR_MISSES)
                .map(miss -> miss.message().place() + " came at "
                        + miss.message().at() + ", but " + String.join(" and ", miss.differences()))
                .toList();
        return near.isEmpty()
                ? new Answer(Verdict.NO_MESSAGE, about, none(condition))
                : new Answer(Verdict.NOT_MATCHING, about, String.join("; ", near));
    }

    private record Near(Message message, List<String> differences) {}

    private String none(Told condition) {
        Reading reading = evidence.topics().get(condition.topic());
        if (reading == null || !reading.exists()) {
            return "there is no topic '" + condition.topic() + "' in Kafka; 'hippo up' makes it";
        }
        Message other = evidence.others().get(condition.topic());
        return "no message about " + (partition.isEmpty() ? "the whole of a table" : "'" + partition + "'")
                + " is on topic '"
                + condition.topic() + "' (" + reading.records() + " records"
                + (reading.deleted() ? ", older ones are deleted" : "")
                + (reading.unreadable() == 0 ? "" : ", " + reading.unreadable() + " cannot be read: see hippo-rejected")
                + ")"
                + (other == null
                        ? ""
                        : "; the last about another partition is " + other.place() + " about '"
                                + other.partition().values() + "' at " + other.at());
    }

    private Answer counted(RuleSpec rule, Optional<Mission> started) {
        String about = rule.toString();
        Condition condition = rule.conditions().get(0);
        JsonNode gathering = state("gathering/" + rule + "|" + partition);
        List<String> places = Gathered.places(gathering, 0);
        Optional<Message> unread = met(condition).filter(message -> !read(message));
        String more = unread.map(
                        message -> "; " + message.place() + " came at " + message.at() + " and is not read yet")
                .orElse("");
        if (!places.isEmpty()) {
            return new Answer(
                    Verdict.WAITING,
                    about,
                    "has " + places.size() + " of " + rule.count() + ": " + String.join(", ", places) + "; waits for "
                            + (rule.count() - places.size()) + " more" + more + Gathered.until(rule, gathering));
        }
        if (unread.isPresent()) {
            return new Answer(Verdict.NOT_READ, about, "none counts yet of " + rule.count() + more);
        }
        if (started.isPresent()) {
            return new Answer(
                    Verdict.STARTED,
                    about,
                    "it has started mission " + started.get().id() + " and counts anew");
        }
        String none = "none counts yet of " + rule.count() + "; ";
        if (!rule.by().isEmpty()) {
            return new Answer(
                    Verdict.NO_MESSAGE,
                    about,
                    none + "its missions are about " + String.join("/", rule.by())
                            + ", so ask with the values of that alone");
        }
        return met(condition)
                .map(message -> new Answer(
                        Verdict.SEEN_BEFORE,
                        about,
                        none + message.place() + " came at " + message.at() + " and has counted"))
                .orElseGet(() -> {
                    Answer missing = missing(about, condition);
                    return new Answer(missing.verdict(), about, none + missing.text());
                });
    }

    private Answer several(RuleSpec rule, Optional<Mission> started) {
        String about = rule.toString();
        JsonNode gathering = state("gathering/" + rule + "|" + partition);
        List<String> have = new ArrayList<>();
        List<String> lack = new ArrayList<>();
        Verdict worst = Verdict.NO_MESSAGE;
        for (int i = 0; i < rule.conditions().size(); i++) {
            Condition condition = rule.conditions().get(i);
            List<String> waiting = Gathered.places(gathering, i);
            Optional<Message> met = met(condition);
            if (!waiting.isEmpty()) {
                have.add(condition + " by " + String.join(", ", waiting));
            } else if (met.isPresent() && !read(met.get())) {
                lack.add(condition + " (" + met.get().place() + " came at "
                        + met.get().at() + " and is not read yet)");
                worst = Verdict.NOT_READ;
            } else if (met.isPresent()) {
                lack.add(condition + " (" + met.get().place() + " is used already, a newer one is waited for)");
            } else {
                Answer missing = missing(about, condition);
                worst = worst == Verdict.NO_MESSAGE ? missing.verdict() : worst;
                lack.add(condition + " (" + missing.text() + ")");
            }
        }
        if (have.isEmpty() && started.isPresent()) {
            return new Answer(
                    Verdict.STARTED,
                    about,
                    "it has started mission " + started.get().id());
        }
        if (have.isEmpty()) {
            return new Answer(worst, about, "none of its conditions is met; it lacks " + String.join("; ", lack));
        }
        return new Answer(
                Verdict.WAITING,
                about,
                "has " + String.join(", ", have) + "; waits for " + String.join("; ", lack)
                        + Gathered.until(rule, gathering));
    }
}
