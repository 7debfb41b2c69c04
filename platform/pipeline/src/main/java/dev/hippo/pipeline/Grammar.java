// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every key of the pipeline file, once: the parser, the hints for unknown keys, the JSON Schema and the reference page are made from it.
 */
enum Grammar {
    PIPELINE(
            "the pipeline file",
            required("pipeline", Form.TEXT, "the name of the pipeline"),
            key(
                    "kafka",
                    Form.KAFKA,
                    "where Kafka is: 'embedded' (the default), {embedded: {port}}, or {bootstrapServers, properties}"),
            key("topics", Form.MAP_OF_TOPICS, "the topics, by name"),
            key("tables", Form.MAP_OF_TABLES, "the tables, by name"),
            key("hippos", Form.MAP_OF_HIPPOS, "the services, by name"),
            key("supervision", Form.SUPERVISION, "when the Doctor acts: {lost, hung, noProgress}"),
            key("metrics", Form.METRICS, "where each hippo's metrics are sent to: {graphite, every, prefix}"),
            key("profiles", Form.PROFILES, "parts that '--profile NAME' merges over the rest")),
    KAFKA(
            "kafka",
            key(
                    "embedded",
                    Form.EMBEDDED,
                    "a broker that Hippo starts: {port: 9092}; without a port a free one is chosen and kept"),
            key("bootstrapServers", Form.TEXT, "an existing cluster: host:port, host:port"),
            key("properties", Form.MAP_OF_TEXTS, "further client properties, by Kafka's names")),
    EMBEDDED("kafka.embedded", key("port", Form.PORT, "the loopback port")),
    SUPERVISION(
            "supervision",
            key("lost", Form.DURATION, "how long an agent is silent before its hippos are given to others", "10s"),
            key(
                    "hung",
                    Form.DURATION,
                    "how long a living process is silent before it is killed and started again",
                    "10s"),
            key(
                    "noProgress",
                    Form.DURATION,
                    "how long a hippo may have work before it and get nowhere before people are alerted; 0s for ever",
                    "60s")),
    METRICS(
            "metrics",
            required("graphite", Form.TEXT, "a Graphite server that takes the plain text protocol: HOST:PORT"),
            key("every", Form.DURATION, "how often", "10s"),
            key("prefix", Form.TEXT, "how the path of each metric begins; dots are levels", "hippo")),
    TOPIC(
            "a topic",
            required("contract", Form.TEXT, "the full name of the protobuf message"),
            key(
                    "key",
                    Form.TEXTS,
                    "the field that is the record key; of several, such as [order_id, line], the key is a JSON array"),
            key("time", Form.TEXT, "the field that says when the event happened: a Timestamp, or int64 milliseconds"),
            key("lateness", Form.DURATION, "how late an event may come and still be counted", "0s"),
            key("partitions", Form.COUNT, "how many partitions the topic is created with", "4"),
            key("changelog", Form.FLAG, "whether the topic holds the latest value per key", "false"),
            key("config", Form.MAP_OF_TEXTS, "further topic settings, by Kafka's names"),
            key(
                    "tables",
                    Form.MAP_OF_TEXTS,
                    "of a topic of all changes that an application writes itself: {TABLE: TOPIC}, the changelog topic whose contract and key the table's rows have")),
    TABLE(
            "a table",
            required("contract", Form.TEXT, "the full name of the protobuf message"),
            key(
                    "partitionBy",
                    Form.PARTITIONS,
                    "the partition columns: {day: departed_at} (hour, day, month of a time), or plain fields"),
            key("at", Form.TEXT, "the location; without it the table lives in the pipeline's lake folder"),
            key("headers", Form.FLAG, "whether event headers are kept as columns", "false"),
            key(
                    "keep",
                    Form.DURATION,
                    "of a table of a changelog's latest rows: how long files are kept that a later version has replaced",
                    "1d")),
    HIPPO(
            "a hippo",
            key("kind", Form.KIND, "what it is for; understood from the other keys where they say it"),
            key("engine", Form.ENGINE, "what runs a stream-etl: flink, lake, or {flink: {...}}"),
            key("subscribe", Form.TEXTS, "the topics it reads"),
            key("publish", Form.TEXTS, "the topics it writes"),
            key(
                    "write",
                    Form.TARGETS,
                    "the table it writes; or {SOURCE_TABLE: TABLE} of a topic of all changes, each of which becomes a row"),
            key("sql", Form.TEXT, "the file of its SQL"),
            key(
                    "on",
                    Form.RULES,
                    "what starts a mission of a batch-etl or integrator: a rule, or a list of which any one is enough; by default every notice on what it subscribes to"),
            key(
                    "run",
                    Form.RUN,
                    "the job of a batch-etl: a command as in a shell, {java: FILE}, {class: NAME}, {sql: FILE}, {sql: FILE, url: JDBC} or {spark: {...}}; runs in the folder of the pipeline file"),
            key("env", Form.MAP_OF_TEXTS, "further environment variables of the command"),
            key("retry", Form.RETRY, "how often a failed attempt is repeated, and when"),
            key("timeout", Form.DURATION, "the longest time that an attempt may run; by default it may run for ever"),
            key(
                    "repeat",
                    Form.REPEAT,
                    "what a further notice about the same partition does: rerun (when it is newer), skip, or queue (every notice is a mission)",
                    "rerun"),
            key(
                    "concurrency",
                    Form.CONCURRENCY,
                    "missions that run at a time, of one partition never more than one; or {missions, key, perKey}",
                    "2"),
            key(
                    "from",
                    Form.FROM,
                    "where a hippo that is new begins to read what starts it: earliest or latest",
                    "earliest"),
            key("keep", Form.DURATION, "how long the files of an ended mission are kept", "7d"),
            key("port", Form.PORT, "the port it listens on; a free one by default"),
            key("host", Form.TEXT, "the address it listens on", "127.0.0.1"),
            key(
                    "runsOn",
                    Form.TEXTS,
                    "the labels that an agent's host must have to run it; by default any host will do"),
            key(
                    "limits",
                    Form.LIMITS,
                    "what it may use: {inFlight, deadline} of a frontier, {rows, timeout, memory} of a query"),
            key(
                    "origins",
                    Form.TEXTS,
                    "the web pages whose scripts may call a frontier: https://shop.example, or * for all; by default none"),
            key(
                    "notices",
                    Form.TEXTS,
                    "the topics on which a frontier tells that a table is ready, such as frontier-adw; they need no declaration"),
            key("rejected", Form.REJECTED, "what a frontier does with refused events: keep or drop", "drop"),
            key("commit", Form.COMMIT, "when a lake writer commits: {interval, size}"),
            key(
                    "source",
                    Form.SOURCE,
                    "what a db-etl reads: {url, user, password, tables, reader, changes}, of another database {reader: debezium, connector, classpath, properties, user, password, tables, changes}, or to be scanned in cycles {url, query, every}, {files, every} or {class, classpath, every}"),
            key(
                    "destination",
                    Form.DESTINATION,
                    "the database in which a db-etl keeps a table of the latest rows of each topic that it subscribes to, or tables of one topic of all changes: {url, user, password, tables}, or {log: true}")),
    SOURCE(
            "source",
            key(
                    "url",
                    Form.TEXT,
                    "the database: jdbc:postgresql://HOST:PORT/DATABASE, jdbc:mariadb://HOST:PORT/ or jdbc:mysql://HOST:PORT/; of 'query' any that a JDBC driver knows; not with 'connector'"),
            key("user", Form.TEXT, "who logs in; for 'tables' needs the right to replicate"),
            key("password", Form.TEXT, "better ${secret:NAME} than the word itself"),
            key(
                    "tables",
                    Form.SOURCE_TABLES,
                    "the tables that are read by the database's log, as SCHEMA.TABLE (with 'connector' also DATABASE.SCHEMA.TABLE, as that names them); 'publish' names the topic of the latest rows of each, in the same order"),
            key(
                    "salt",
                    Form.TEXT,
                    "of tables with a mask 'hash': the secret that is hashed with each text, as ${secret:NAME}"),
            key(
                    "reader",
                    Form.TEXT,
                    "who reads the log of 'tables': native is our own reader, debezium a connector of Debezium",
                    "native"),
            key(
                    "connector",
                    Form.TEXT,
                    "of 'reader: debezium', in place of 'url': the class of a source connector of Debezium on 'classpath', for any database that it knows"),
            key(
                    "properties",
                    Form.MAP_OF_TEXTS,
                    "of 'reader: debezium': further ones of its connector, by Debezium's names; with 'connector' also where its database is"),
            key(
                    "query",
                    Form.TEXT,
                    "instead of tables a query that is run again and again; what is different each time is told, rows that are gone too"),
            key(
                    "files",
                    Form.TEXTS,
                    "instead of a database files that are read again and again: .csv with the names in the first line, .jsonl or .json, .parquet; * for any part of a name"),
            key(
                    "class",
                    Form.TEXT,
                    "instead of a database a class on 'classpath' that implements dev.hippo.sdk.PullSource, whose rows are asked for again and again"),
            key(
                    "classpath",
                    Form.TEXTS,
                    "jars and folders of classes, of 'class', of 'connector' or of a driver for 'url'; DIR/* for all jars in one"),
            key(
                    "every",
                    Form.DURATION,
                    "of 'query', 'files' and 'class': the time from the beginning of one scan to that of the next",
                    "1m"),
            key(
                    "changes",
                    Form.TEXT,
                    "a topic of all changes, one record for each, whole transactions in the order of their commits")),
    SOURCE_TABLE(
            "a table of a source",
            key(
                    "where",
                    Form.MAP_OF_TEXTS,
                    "which rows are told, by fields of the contract: a value (* for any part), >100, <=, !=, 100..199, or %4=1 for a share; a row that is otherwise is told of as if it were not there"),
            key(
                    "contract",
                    Form.TEXT,
                    "the contract of a table that is told in the topic of all changes alone, and has no topic in 'publish': one without a key"),
            key(
                    "rename",
                    Form.MAP_OF_TEXTS,
                    "the field that takes a column, where their names differ: {COLUMN: FIELD}, or {COLUMN: MESSAGE.FIELD} of a message in the contract"),
            key("mask", Form.MAP_OF_TEXTS, "how much of a text is told: {FIELD: hash, hide, first 3 or last 4}")),
    DESTINATION(
            "destination",
            key("url", Form.TEXT, "the database: jdbc:postgresql:, jdbc:mariadb: or jdbc:mysql://HOST:PORT/DATABASE"),
            key("user", Form.TEXT, "who logs in; needs the right to write the tables"),
            key("password", Form.TEXT, "better ${secret:NAME} than the word itself"),
            key("log", Form.FLAG, "in place of a database: each record is a line of the hippo's log", "false"),
            key(
                    "tables",
                    Form.TARGETS,
                    "the tables, as SCHEMA.TABLE, one for each topic of 'subscribe', in the same order; or {SOURCE_TABLE: TABLE} of a topic of all changes, whose transactions are applied whole; what is not there is made")),
    RULE(
            "a rule",
            key(
                    "topic",
                    Form.TEXT,
                    "the topic of the notices; by default the one on which the table's or hippo's own are told"),
            key("db", Form.TEXT, "the database of the notice, * for any part of a name"),
            key("table", Form.TEXT, "the table of the notice, * for any part of a name"),
            key("method", Form.TEXT, "how the data was written, as the notice says, * for any part of a word"),
            key(
                    "closed",
                    Form.FLAG,
                    "whether the table's partition must be over: a partition with rows begins after its end and the topic's lateness",
                    "false"),
            key("hippo", Form.TEXT, "the hippo whose missions' end is waited for"),
            key("partition", Form.MAP_OF_TEXTS, "the values that columns of the partition must have, * for any part"),
            key("outcome", Form.OUTCOME, "which end is waited for: success, failure or any", "success"),
            key("cron", Form.TEXT, "the times, as in a crontab: minute, hour, day of month, month, day of week"),
            key("zone", Form.TEXT, "the time zone of 'cron'", "UTC"),
            key("calendar", Form.TEXT, "a file with the dates on which 'cron' is not due, one YYYY-MM-DD a line"),
            key(
                    "catchUp",
                    Form.CATCH_UP,
                    "what becomes of times that passed while the hippo did not run: latest (a mission for the last), all (for each) or none",
                    "latest"),
            key(
                    "priority",
                    Form.TEXT,
                    "-100 to 100: of several missions that could begin the one with the higher begins first",
                    "0"),
            key("all", Form.RULES, "conditions that must all be met for the same partition values"),
            key("any", Form.RULES, "conditions of which any one is enough; as an entry of 'all' or as 'of' too"),
            key(
                    "count",
                    Form.COUNT,
                    "so many different messages that meet 'of' for the same partition values; of 'by', so many different partitions"),
            key(
                    "where",
                    Form.MAP_OF_TEXTS,
                    "fields of the events on 'topic', which has a contract: a value (* for any part), or >100, <=, !=; {} for every event"),
            key("of", Form.RULES, "the condition that is counted, or a list of which any one is enough"),
            key(
                    "by",
                    Form.TEXTS,
                    "of 'count' the columns in which partitions agree that are counted together; of 'where' the fields that are the mission's partition"),
            key(
                    "within",
                    Form.DURATION,
                    "how long the first of 'all' or 'count' waits for the last; by default for ever"),
            key(
                    "otherwise",
                    Form.OTHERWISE,
                    "what happens when that is over: fail (which is told, and nothing runs) or run (with what has come)",
                    "fail")),
    CONCURRENCY(
            "concurrency",
            key("missions", Form.COUNT, "missions that run at a time", "2"),
            key("key", Form.TEXT, "a column of the partition: of missions with the same value of it fewer run"),
            key("perKey", Form.COUNT, "so many", "1")),
    RUN(
            "run",
            key("java", Form.TEXT, "a source file with a main method; Hippo's SDK is on its class path"),
            key("class", Form.TEXT, "a class on 'classpath' that implements dev.hippo.sdk.Job"),
            key("classpath", Form.TEXTS, "jars and folders of classes; DIR/* for all jars in one"),
            key("options", Form.TEXTS, "of the Java machine, such as -Xmx1g"),
            key("args", Form.TEXTS, "arguments of the program; $NAME stands for a variable of the job"),
            key(
                    "sql",
                    Form.TEXT,
                    "a file of SQL statements, one transaction; :HIPPO_PARTITION and other variables of the job are parameters"),
            key(
                    "url",
                    Form.TEXT,
                    "the database of 'sql': jdbc:postgresql://HOST/DATABASE, jdbc:h2:FILE, or http://HOST:PORT of a query service; without it the pipeline's own query service"),
            key("query", Form.TEXT, "which query service, where the pipeline has several"),
            key("user", Form.TEXT, "who logs in"),
            key("password", Form.TEXT, "better ${secret:NAME} than the word itself"),
            key("spark", Form.SPARK, "a Spark job, for spark-submit")),
    SPARK(
            "run.spark",
            key("jar", Form.TEXT, "the jar with the job"),
            key("class", Form.TEXT, "the class in the jar"),
            key("py", Form.TEXT, "a Python file"),
            key("sql", Form.TEXT, "a file of SQL, for spark-sql"),
            key("master", Form.TEXT, "local[*], yarn, spark://HOST:PORT or k8s://URL", "local[*]"),
            key("deployMode", Form.TEXT, "client or cluster"),
            key("conf", Form.MAP_OF_TEXTS, "further settings, by Spark's names"),
            key("args", Form.TEXTS, "arguments of the job; $NAME stands for a variable of the job")),
    RETRY(
            "retry",
            key("attempts", Form.COUNT, "attempts in all", "1"),
            key(
                    "backoff",
                    Form.DURATION,
                    "the wait before the second attempt; it doubles with each further one",
                    "10s"),
            key("longest", Form.DURATION, "the longest wait", "10m"),
            key(
                    "on",
                    Form.TEXTS,
                    "the errors after which another attempt is made: exit, timeout, lost, start; by default all")),
    FLINK(
            "engine.flink",
            key("address", Form.TEXT, "the REST address of a cluster; without it the step runs in its own process"),
            key("parallelism", Form.COUNT, "tasks per operator", "2"),
            key("checkpoint", Form.DURATION, "time between checkpoints; results become visible at each", "2s"),
            key("config", Form.MAP_OF_TEXTS, "further settings, by Flink's names")),
    FRONTIER_LIMITS(
            "limits of a frontier",
            key("inFlight", Form.SIZE, "event bytes that wait for Kafka; beyond it callers are refused", "64MiB"),
            key("deadline", Form.DURATION, "how long a request may wait for Kafka", "10s")),
    QUERY_LIMITS(
            "limits of a query service",
            key("rows", Form.COUNT, "rows of one answer", "10000"),
            key("timeout", Form.DURATION, "how long one query may run", "30s"),
            key("memory", Form.SIZE, "what all queries together may use", "1GiB")),
    COMMIT(
            "commit",
            key("interval", Form.DURATION, "the longest wait of a record for its commit", "5s"),
            key("size", Form.SIZE, "bytes of events after which a commit comes early", "64MiB"));

    /** One key. The default is written as in the file; empty for none. */
    record Key(String name, Form type, String doc, String defaultText, boolean required) {}

    private final String title;
    // filled in the constructor and never changed
    @SuppressWarnings("ImmutableEnumChecker")
    private final Map<String, Key> keys = new LinkedHashMap<>();

    Grammar(String title, Key... keys) {
        this.title = title;
        for (Key key : keys) {
            this.keys.put(key.name(), key);
        }
    }

    private static Key key(String name, Form type, String doc) {
        return new Key(name, type, doc, "", false);
    }

    private static Key key(String name, Form type, String doc, String defaultText) {
        return new Key(name, type, doc, defaultText, false);
    }

    private static Key required(String name, Form type, String doc) {
        return new Key(name, type, doc, "", true);
    }

    /** What the section is, for messages. */
    String title() {
        return title;
    }

    List<Key> keys() {
        return List.copyOf(keys.values());
    }

    /** The key of that name; asking for one that the grammar does not have is an error of ours. */
    Key key(String name) {
        Key key = keys.get(name);
        if (key == null) {
            throw new IllegalArgumentException(title + " has no key " + name);
        }
        return key;
    }

    List<String> names() {
        return List.copyOf(keys.keySet());
    }
}
