// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.doctor;

import dev.hippo.bench.BenchPipeline;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Asks the Doctor's job server, whose embedded database holds a million missions, and prints a Markdown table of latencies by route, and the Doctor's memory.
 * The Doctor has the memory that {@code hippo up} gives it. Arguments: the lib folder, missions (1,000,000), times that each route is asked (400), clients at a
 * time (4).
 */
public final class DoctorBench {
    private static final int SEED = 7;
    private static final int IDS = 500;
    private static final String ALL_TABLES = "all tables";
    private static final int WARM_UP = 10;

    /** A route with parameters of its own each time. */
    private interface Question {
        String path(Random random);
    }

    private DoctorBench() {}

    public static void main(String[] args) throws Exception {
        Path lib = Path.of(args.length > 0 ? args[0] : "lib").toAbsolutePath();
        int count = args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000;
        int times = args.length > 2 ? Integer.parseInt(args[2]) : 400;
        int clients = args.length > 3 ? Integer.parseInt(args[3]) : 4;
        String hippo = "pipeline: bench\nhippos:\n  hippo-1: {subscribe: frontier-adw, run: \"true\"}\n";
        try (BenchPipeline pipeline = BenchPipeline.of(lib, hippo)) {
            pipeline.startKafka();
            // it makes the database
            BenchPipeline.stop(doctor(pipeline));
            ManyMissions missions =
                    new ManyMissions(count, InstantSource.system().instant().getEpochSecond());
            List<String> ids = new ArrayList<>();
            long begun = System.nanoTime();
            try (Connection database = ManyMissions.open(pipeline.state().root())) {
                missions.write(database);
                Random random = new Random(SEED);
                for (int i = 0; i < IDS; i++) {
                    ids.add(ManyMissions.idOf(1L + random.nextInt(count)));
                }
            }
            System.err.printf("filled in %.0f s%n", (System.nanoTime() - begun) / 1e9);
            begun = System.nanoTime();
            Process doctor = doctor(pipeline);
            System.out.printf(
                    Locale.ROOT,
                    "%,d missions, %.1f GiB of database, %d clients; ready again after %.1f s%n%n",
                    count,
                    Files.size(pipeline.state().root().resolve("doctor/status.mv.db")) / (double) (1 << 30),
                    clients,
                    (System.nanoTime() - begun) / 1e9);
            System.out.println("| question | p50 ms | p99 ms | longest ms | answer KiB |");
            System.out.println("| --- | ---: | ---: | ---: | ---: |");
            String root = "http://127.0.0.1:" + pipeline.port("doctor") + "/api/v1";
            for (Map.Entry<String, Question> question : questions(missions, ids).entrySet()) {
                // all partitions of all tables are two megabytes
                int asked = question.getKey().equals(ALL_TABLES) ? times / 10 : times;
                ask(root, question.getKey(), question.getValue(), asked, clients);
            }
            System.out.printf("%nResident memory of the Doctor afterwards: %d MiB%n", residentMiB(doctor));
        }
    }

    private static Process doctor(BenchPipeline pipeline) throws IOException {
        return pipeline.doctor("-Xmx192m", "-XX:+UseSerialGC");
    }

    private static Map<String, Question> questions(ManyMissions missions, List<String> ids) {
        Map<String, Question> questions = new LinkedHashMap<>();
        questions.put("newest missions", random -> "/missions");
        questions.put("of a hippo", random -> "/missions?hippo=" + hippo(random));
        questions.put("of a hippo, failed", random -> "/missions?status=failed&hippo=hippo-7");
        questions.put("of a hippo, running (none)", random -> "/missions?status=running&hippo=" + hippo(random));
        questions.put("failed", random -> "/missions?status=failed&limit=500");
        questions.put("running (none)", random -> "/missions?status=running");
        questions.put("of a partition", random -> "/missions?partition=" + partition(random));
        questions.put(
                "of a hippo and partition",
                random -> "/missions?hippo=" + hippo(random) + "&partition=" + partition(random));
        questions.put("of a partition, failed", random -> "/missions?status=failed&partition=" + partition(random));
        questions.put(
                "since a time, of a hippo",
                random -> "/missions?hippo=" + hippo(random) + "&since="
                        + text(Instant.ofEpochMilli(missions.acceptedAt(random.nextInt(missions.count())))));
        questions.put("a page anywhere", random -> "/missions?cursor=" + cursor(missions, random));
        questions.put(
                "a page anywhere, of a hippo",
                random -> "/missions?hippo=" + hippo(random) + "&cursor=" + cursor(missions, random));
        questions.put(
                "a page anywhere, of a hippo, failed",
                random -> "/missions?status=failed&hippo=hippo-7&cursor=" + cursor(missions, random));
        questions.put("one mission", random -> "/missions/" + ids.get(random.nextInt(ids.size())));
        questions.put("one table", random -> "/tables/table-" + random.nextInt(ManyMissions.TABLES));
        questions.put(ALL_TABLES, random -> "/tables");
        questions.put("trace of a partition", random -> {
            int table = random.nextInt(ManyMissions.TABLES);
            return "/trace?table=table-" + table + "&partition=" + partition(random);
        });
        questions.put("rules", random -> "/rules");
        questions.put("services", random -> "/services");
        return questions;
    }

    private static String hippo(Random random) {
        return "hippo-" + random.nextInt(ManyMissions.HIPPOS);
    }

    private static String partition(Random random) {
        return "p" + random.nextInt(ManyMissions.PARTITIONS);
    }

    private static String text(Object value) {
        return URLEncoder.encode(value.toString(), StandardCharsets.UTF_8);
    }

    private static String cursor(ManyMissions missions, Random random) {
        String plain = missions.acceptedAt(random.nextInt(missions.count())) + ".8";
        return Base64.getUrlEncoder().withoutPadding().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
    }

    private static void ask(String root, String name, Question question, int times, int clients) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            List<Callable<long[]>> askers = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                Random random = new Random(SEED + client);
                askers.add(() -> ask(root, question, times / clients, random));
            }
            List<Long> nanos = new ArrayList<>();
            long bytes = 0;
            for (Future<long[]> done : threads.invokeAll(askers)) {
                long[] took = done.get();
                bytes += took[took.length - 1];
                for (int i = 0; i < took.length - 1; i++) {
                    nanos.add(took[i]);
                }
            }
            long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
            Arrays.sort(sorted);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.1f | %.1f | %.1f | %.1f |%n",
                    name,
                    sorted[sorted.length / 2] / 1e6,
                    sorted[(int) (0.99 * (sorted.length - 1))] / 1e6,
                    sorted[sorted.length - 1] / 1e6,
                    bytes / 1024.0 / sorted.length);
        } finally {
            threads.shutdownNow();
        }
    }

    /** How long each took, in nanoseconds; then the bytes of all answers. */
    private static long[] ask(String root, Question question, int times, Random random)
            throws IOException, InterruptedException {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        long[] took = new long[times + 1];
        for (int i = -WARM_UP; i < times; i++) {
            String path = question.path(random);
            long begun = System.nanoTime();
            HttpResponse<byte[]> answer = http.send(
                    HttpRequest.newBuilder(URI.create(root + path)).build(), HttpResponse.BodyHandlers.ofByteArray());
            if (i >= 0) {
                took[i] = System.nanoTime() - begun;
                took[times] += answer.body().length;
            }
            if (answer.statusCode() != 200) {
                throw new IOException(path + ": " + new String(answer.body(), StandardCharsets.UTF_8));
            }
        }
        return took;
    }

    private static long residentMiB(Process process) throws IOException {
        return Files.readString(Path.of("/proc", Long.toString(process.pid()), "status"))
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10)
                .findFirst()
                .orElse(0);
    }
}
