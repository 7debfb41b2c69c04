// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.flink;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;

/** A step's query as one runs it without Hippo: Flink's Kafka connector with its protobuf format, exactly once. Arguments: servers, SQL file, state folder. */
public final class FormatJob {
    private FormatJob() {}

    public static void main(String[] arguments) throws Exception {
        String servers = arguments[0];
        Path sql = Path.of(arguments[1]);
        Path folder = Path.of(arguments[2]);
        Configuration configuration = new Configuration();
        configuration.setString("execution.checkpointing.interval", "2s");
        configuration.setString("execution.checkpointing.dir", folder.toUri().toString());
        configuration.setString("pipeline.object-reuse", "true");
        configuration.setString("rest.bind-port", "0");
        // as a step has it
        configuration.setString("table.exec.mini-batch.enabled", "true");
        configuration.setString("table.exec.mini-batch.allow-latency", "500 ms");
        configuration.setString("table.exec.mini-batch.size", "20000");
        configuration.setString("table.local-time-zone", "UTC");
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
        StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
        String kafka =
                "'connector' = 'kafka', 'properties.bootstrap.servers' = '" + servers + "', 'format' = 'protobuf', ";
        tables.executeSql("CREATE TABLE sales (sale_id STRING, product STRING, cents BIGINT, weight DOUBLE,"
                + " `at` ROW<`seconds` BIGINT, nanos INT>, shop STRING, online BOOLEAN,"
                + " happened AS TO_TIMESTAMP_LTZ(`at`.`seconds` * 1000, 3), WATERMARK FOR happened AS happened) WITH ("
                + kafka
                + message("Sale")
                + ", 'topic' = 'sales', 'scan.startup.mode' = 'earliest-offset', 'properties.group.id' = 'format',"
                + " 'properties.isolation.level' = 'read_committed')");
        String sink = ", 'sink.delivery-guarantee' = 'exactly-once', 'properties.transaction.timeout.ms' = '600000',"
                + " 'properties.compression.type' = 'lz4', 'properties.linger.ms' = '5', 'key.format' = 'raw'";
        tables.executeSql("CREATE TABLE cheap (sale_id STRING, product STRING, cents BIGINT) WITH (" + kafka
                + message("Cheap") + ", 'topic' = 'cheap', 'key.fields' = 'sale_id',"
                + " 'sink.transactional-id-prefix' = 'format-cheap'" + sink + ")");
        tables.executeSql("CREATE TABLE counted (product STRING, `begin` STRING, sales BIGINT) WITH (" + kafka
                + message("ProductCount") + ", 'topic' = 'counted', 'key.fields' = 'product',"
                + " 'sink.transactional-id-prefix' = 'format-counted'" + sink + ")");
        String query =
                Files.readString(sql, StandardCharsets.UTF_8).replace("DESCRIPTOR(`at`)", "DESCRIPTOR(happened)");
        String target = String.valueOf(sql.getFileName()).startsWith("filter") ? "cheap" : "counted";
        tables.executeSql("INSERT INTO " + target + " " + query).await();
    }

    private static String message(String name) {
        return "'protobuf.message-class-name' = 'dev.hippo.bench.flink.proto." + name + "'";
    }
}
