// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.door;

import com.google.protobuf.UnsafeByteOperations;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import dev.hippo.bench.door.Payments.Payment;
import dev.hippo.door.v1.Batch;
import dev.hippo.door.v1.BatchReply;
import dev.hippo.door.v1.Event;
import dev.hippo.door.v1.PublishReply;
import dev.hippo.door.v1.PublishRequest;
import dev.hippo.door.v1.PublisherGrpc.PublisherStub;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Collectors;

/** The door's shapes, as a client uses them. */
final class DoorShapes {
    private final String uri;
    private final List<Payment> payments;

    DoorShapes(String uri, List<Payment> payments) {
        this.uri = uri;
        this.payments = payments;
    }

    private PublisherStub stub() {
        return GrpcClients.builder(uri)
                .responseTimeoutMillis(0)
                .maxResponseLength(0)
                .build(PublisherStub.class);
    }

    private static Event event(Payment payment) {
        return Event.newBuilder()
                .setIdBytes(UnsafeByteOperations.unsafeWrap(payment.key()))
                .setValue(UnsafeByteOperations.unsafeWrap(payment.value()))
                .build();
    }

    private List<Batch> batches(String topic, int size) {
        List<Batch> batches = new ArrayList<>();
        for (int from = 0; from + size <= payments.size(); from += size) {
            batches.add(Batch.newBuilder()
                    .setTopic(topic)
                    .addAllEvents(payments.subList(from, from + size).stream()
                            .map(DoorShapes::event)
                            .toList())
                    .build());
        }
        return batches;
    }

    /** Answers of one-answer calls. */
    private static <T> StreamObserver<T> answer(Measured measured, long begun, int events) {
        return new StreamObserver<>() {
            @Override
            public void onNext(T message) {}

            @Override
            public void onError(Throwable failure) {
                measured.answered(begun, 0, events);
            }

            @Override
            public void onCompleted() {
                measured.answered(begun, events, 0);
            }
        };
    }

    Shape unary(String topic, int window) {
        PublisherStub stub = stub();
        List<PublishRequest> requests = payments.stream()
                .map(payment -> PublishRequest.newBuilder()
                        .setTopic(topic)
                        .setEvent(event(payment))
                        .build())
                .toList();
        return shape("unary, " + window + " at once", time -> {
            Measured measured = new Measured(window, time);
            for (int i = 0; measured.next(); i++) {
                StreamObserver<PublishReply> answer = answer(measured, System.nanoTime(), 1);
                stub.publish(requests.get(i % requests.size()), answer);
            }
            return measured.result();
        });
    }

    Shape batch(String topic, int size, int window) {
        PublisherStub stub = stub();
        List<Batch> batches = batches(topic, size);
        return shape("batches of " + size + ", " + window + " at once", time -> {
            Measured measured = new Measured(window, time);
            for (int i = 0; measured.next(); i++) {
                StreamObserver<BatchReply> answer = answer(measured, System.nanoTime(), size);
                stub.publishBatch(batches.get(i % batches.size()), answer);
            }
            return measured.result();
        });
    }

    Shape stream(String name, String topic, int size, int window) {
        PublisherStub stub = stub();
        List<Batch> batches = batches(topic, size);
        return shape(name, time -> stream(stub, batches, size, new Measured(window, time)));
    }

    private static Measured.Result stream(PublisherStub stub, List<Batch> batches, int size, Measured measured)
            throws InterruptedException {
        AtomicLongArray begun = new AtomicLongArray(1 << 16);
        StreamObserver<Batch> call = stub.publishStream(new StreamObserver<>() {
            @Override
            public void onNext(BatchReply reply) {
                int refused = reply.getRefusalsCount();
                measured.answered(begun.get((int) reply.getSequence() & (begun.length() - 1)), size - refused, refused);
            }

            @Override
            public void onError(Throwable failure) {
                measured.broken(failure);
            }

            @Override
            public void onCompleted() {}
        });
        for (int i = 0; measured.next(); i++) {
            begun.set(i & (begun.length() - 1), System.nanoTime());
            call.onNext(
                    batches.get(i % batches.size()).toBuilder().setSequence(i).build());
        }
        Measured.Result result = measured.result();
        call.onCompleted();
        return result;
    }

    Shape lines(String topic, int size, int window) {
        WebClient web = WebClient.builder(uri)
                .responseTimeoutMillis(0)
                .maxResponseLength(0)
                .build();
        RequestHeaders headers =
                RequestHeaders.of(HttpMethod.POST, "/topics/" + topic, "content-type", "application/x-ndjson");
        List<HttpData> bodies = new ArrayList<>();
        for (int from = 0; from + size <= payments.size(); from += size) {
            String body = payments.subList(from, from + size).stream()
                    .map(Payment::json)
                    .collect(Collectors.joining("\n"));
            bodies.add(HttpData.wrap(body.getBytes(StandardCharsets.UTF_8)));
        }
        return shape("HTTP, " + size + " JSON lines, " + window + " at once", time -> {
            Measured measured = new Measured(window, time);
            for (int i = 0; measured.next(); i++) {
                long begun = System.nanoTime();
                web.execute(headers, bodies.get(i % bodies.size())).aggregate().handle((whole, failure) -> {
                    boolean good = failure == null && whole.status().code() == 200;
                    measured.answered(begun, good ? size : 0, good ? 0 : size);
                    return null;
                });
            }
            return measured.result();
        });
    }

    /** What a shape does in one run. */
    private interface Run {
        Measured.Result run(Duration time) throws InterruptedException;
    }

    private static Shape shape(String name, Run run) {
        return new Shape() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Measured.Result run(Duration time) throws InterruptedException {
                return run.run(time);
            }
        };
    }
}
