// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What only one kind of hippo has. The class also decides which service runs the hippo. */
public sealed interface HippoSettings {
    /** Name of the service's folder below {@code lib/}. */
    String service();

    /**
     * The door.
     *
     * @param maxInFlightBytes event bytes taken in and not yet acknowledged by Kafka; beyond it callers are refused
     * @param deadline how long a request may wait for Kafka
     * @param keepRejected whether refused events go to the topic's {@code .rejected} topic
     * @param origins the origins of web pages whose scripts may call, "*" for all
     * @param notices the topics on which it tells that a table is ready
     */
    record Frontier(
            long maxInFlightBytes, Duration deadline, boolean keepRejected, List<String> origins, List<String> notices)
            implements HippoSettings {
        public Frontier {
            origins = List.copyOf(origins);
            notices = List.copyOf(notices);
        }

        @Override
        public String service() {
            return "frontier";
        }
    }

    /**
     * A Flink SQL step.
     *
     * @param sql the file of SELECTs, views and INSERTs
     * @param address the REST address of a Flink cluster, null for a local mini cluster
     * @param parallelism tasks per operator, at least 1
     * @param checkpoint time between two checkpoints; what is published becomes visible to readers at each
     * @param config further settings, by Flink's names
     */
    record Flink(Path sql, @Nullable String address, int parallelism, Duration checkpoint, Map<String, String> config)
            implements HippoSettings {
        public Flink {
            config = Map.copyOf(config);
        }

        @Override
        public String service() {
            return "flink";
        }
    }

    /**
     * The lake writer.
     *
     * @param commitInterval the longest time that a record waits for its commit
     * @param commitSize bytes of events after which a commit is made before the interval is over
     * @param source full name of the source's table of which every change becomes a row, from a topic of all changes; empty for a topic that is landed as it is
     */
    record Lake(Duration commitInterval, long commitSize, String source) implements HippoSettings {
        /** One that lands a topic as it is. */
        public Lake(Duration commitInterval, long commitSize) {
            this(commitInterval, commitSize, "");
        }

        /** Whether the table is the history of one of a source. */
        public boolean isHistory() {
            return !source.isEmpty();
        }

        @Override
        public String service() {
            return "lake";
        }
    }

    /**
     * The query service.
     *
     * @param maxRows rows that one answer may have
     * @param timeout the longest time that one query may run
     * @param memory bytes that all queries together may use
     */
    record Query(long maxRows, Duration timeout, long memory) implements HippoSettings {
        @Override
        public String service() {
            return "query";
        }
    }

    /**
     * Change capture.
     *
     * @param url of the database, as JDBC has it; of another source what it is, for people
     * @param user empty for the driver's default
     * @param password empty for none
     * @param tables full names of the tables, as SCHEMA.TABLE; what is pulled is one table, HIPPO.TOPIC
     * @param topics the topic of a table's latest rows, by the table's full name; empty for none
     * @param changes the topic of all changes; empty for none
     * @param mappings what is told of a table's rows, by the table's full name; those that are not here are told as they are
     * @param pull how a source is read that is scanned in cycles; null for one that is read by its log
     * @param debezium what a connector of Debezium has to know that reads the log; null if our own reader does
     */
    record Capture(
            String url,
            String user,
            String password,
            List<String> tables,
            Map<String, String> topics,
            String changes,
            Map<String, RowMapping> mappings,
            @Nullable Pull pull,
            @Nullable Debezium debezium)
            implements HippoSettings {
        /**
         * What a connector of Debezium has to know beyond what all sources have.
         *
         * @param connector the class of a connector that the pipeline brings; empty for the one that is here for the database of the URL
         * @param classpath its jars; {@code DIR/*} for all in one
         * @param properties further ones, by Debezium's names
         */
        public record Debezium(String connector, List<String> classpath, Map<String, String> properties) {
            private static final Pattern RESERVED = Pattern.compile(
                    "name|topic\\..*|connector\\.class|tasks\\.max"
                            + "|database\\.(hostname|port|user|password|dbname|names?|server\\.id|include\\.list)"
                            + "|(table|schema|column|database)\\.(include|exclude)\\.list|plugin\\.name|slot\\.(name|drop\\.on\\.stop|max\\.retries)"
                            + "|publication\\..*|snapshot\\.(?!fetch\\.size|max\\.threads|delay\\.ms|lock\\.timeout\\.ms).*|column\\..*|.*\\.flush\\..*|flush\\..*|lsn\\..*|replica\\.identity\\..*|database\\.initial\\.statements|skipped\\.operations|tombstones\\.on\\.delete|provide\\.transaction\\.metadata"
                            + "|include\\.(schema\\.changes|unknown\\.datatypes|query)|.*\\.handling\\.mode|time\\.precision\\.mode|unavailable\\.value\\.placeholder"
                            + "|errors\\.max\\.retries|.*\\.name\\.adjustment\\.mode|heartbeat\\..*|schema\\.history\\..*|signal\\..*|notification\\..*"
                            + "|enable\\.time\\.adjuster|connect\\.keep\\.alive\\.interval\\.ms|converters|post\\.processors|transforms|offset\\..*|topic\\.naming\\.strategy|message\\.key\\.columns|gtid\\..*|internal\\..*|sourceinfo\\.struct\\.maker|transaction\\.metadata\\.factory|log\\.mining\\.(username|clientid)\\..*");

            /** Of a connector that the pipeline brings, Hippo knows neither where its database is nor how it names things there. */
            private static final Pattern OF_THE_BROUGHT = Pattern.compile(
                    "database\\.(hostname|port|dbname|names?|server\\.id)|plugin\\.name|slot\\.name|publication\\.(name|autocreate\\.mode)"
                            + "|snapshot\\.(isolation|locking)\\.mode|connect\\.keep\\.alive\\.interval\\.ms");

            public Debezium {
                classpath = List.copyOf(classpath);
                properties = Map.copyOf(properties);
            }

            /** Whether the pipeline brings the connector. */
            public boolean isBrought() {
                return !connector.isEmpty();
            }

            /** Whether a property of a connector that is here is set by Hippo, whose promises depend on it. */
            public static boolean isReserved(String property) {
                return RESERVED.matcher(property).matches();
            }

            /** The same for a connector that the pipeline brings. */
            public static boolean isReservedOfBrought(String property) {
                return isReserved(property) && !OF_THE_BROUGHT.matcher(property).matches();
            }

            /** Without values, which may be secrets. */
            @Override
            public String toString() {
                return "Debezium[connector=" + connector + ", classpath=" + classpath + ", properties="
                        + properties.keySet() + "]";
            }
        }

        /**
         * What is scanned, and how often. One of query, files and program is there.
         *
         * @param query for the database
         * @param files names, or patterns with {@code *}, from the folder of the pipeline file
         * @param program name of a class
         * @param classpath further classes, of a driver or the program; {@code DIR/*} for all jars in one
         * @param every from the beginning of one scan to that of the next
         */
        public record Pull(String query, List<String> files, String program, List<String> classpath, Duration every) {
            public Pull {
                files = List.copyOf(files);
                classpath = List.copyOf(classpath);
            }
        }

        public Capture {
            tables = List.copyOf(tables);
            topics = Map.copyOf(topics);
            mappings = Map.copyOf(mappings);
        }

        /** What is told of a table's rows. */
        public RowMapping mapping(String table) {
            return mappings.getOrDefault(table, RowMapping.NONE);
        }

        @Override
        public String service() {
            return "capture";
        }

        /** Where a capture writes down how far it has read. A topic of its own: in a shared one, what another had left open would hide it. */
        public static String positionsTopic(String pipeline, String hippo) {
            return "hippo-positions." + pipeline + "." + hippo;
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Capture[url=" + url + ", tables=" + tables + "]";
        }
    }

    /**
     * Topics as tables of a database: changelogs, or one topic of all changes of another.
     *
     * @param url of the database, as JDBC has it
     * @param user empty for the driver's default
     * @param password empty for none
     * @param tables full name of the table, as SCHEMA.TABLE, by the name of the changelog topic; in the order of the file
     * @param copies full name of the table by that of the source's table, if whole transactions are taken from a topic of all changes; else empty
     */
    record Destination(String url, String user, String password, Map<String, String> tables, Map<String, String> copies)
            implements HippoSettings {
        public Destination {
            tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
            copies = Collections.unmodifiableMap(new LinkedHashMap<>(copies));
        }

        /** Whether the transactions of a source are applied whole. */
        public boolean whole() {
            return !copies.isEmpty();
        }

        @Override
        public String service() {
            return "capture";
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Destination[url=" + url + ", tables=" + (whole() ? copies : tables) + "]";
        }
    }

    /** Topics whose records are lines of the hippo's log. */
    record LogDestination() implements HippoSettings {
        @Override
        public String service() {
            return "capture";
        }
    }

    /**
     * A hippo that runs missions.
     *
     * @param rules what starts a mission, any one of them
     * @param run the command; null for an integrator, whose missions do nothing but tell
     * @param env further environment variables of the command
     * @param timeout the longest time of an attempt; zero for no limit
     * @param concurrency how many missions run at a time
     * @param fromEarliest whether a new hippo reads what was there before it
     * @param keep how long the files of an ended mission are kept
     */
    record Batch(
            List<RuleSpec> rules,
            @Nullable String run,
            Map<String, String> env,
            Retry retry,
            Duration timeout,
            Repeat repeat,
            Concurrency concurrency,
            boolean fromEarliest,
            Duration keep)
            implements HippoSettings {
        public Batch {
            rules = List.copyOf(rules);
            env = Map.copyOf(env);
        }

        /**
         * How many missions run at a time.
         *
         * @param missions in all, at least 1
         * @param key a column of the partition, empty for none
         * @param perKey with the same value of that column, at least 1
         */
        public record Concurrency(int missions, String key, int perKey) {}

        /** What a further notice about the same partition does. */
        public enum Repeat {
            /** A newer one starts another mission. */
            RERUN,
            /** Nothing. */
            SKIP,
            /** Each one starts a mission, newer or not. */
            QUEUE
        }

        /**
         * How failed attempts are repeated.
         *
         * @param attempts attempts in all, at least 1
         * @param backoff the wait before the second attempt; it doubles with each further one
         * @param longest the longest wait
         * @param on the error classes after which another attempt is made; empty for all
         */
        public record Retry(int attempts, Duration backoff, Duration longest, List<String> on) {
            public Retry {
                on = List.copyOf(on);
            }
        }

        /** The variable in {@code env} that says which query service an SQL file goes to; empty for the pipeline's only one. */
        public static final String QUERY_SERVICE = "HIPPO_SQL_QUERY";

        /** Where messages go that are on one of its topics and neither notice nor finish message. */
        public static final String REJECTED_TOPIC = "hippo-rejected";

        /** The topics whose messages start missions. */
        public Set<String> topics() {
            return told().map(RuleSpec.Told::topic).collect(Collectors.toCollection(TreeSet::new));
        }

        /** Those of them that hold notices and finish messages. */
        public Set<String> noticeTopics() {
            return told().filter(told -> !(told instanceof RuleSpec.EventCame))
                    .map(RuleSpec.Told::topic)
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        private Stream<RuleSpec.Told> told() {
            return rules.stream()
                    .flatMap(rule -> rule.conditions().stream())
                    .flatMap(condition -> condition.told().stream());
        }

        @Override
        public String service() {
            return "batch";
        }
    }
}
