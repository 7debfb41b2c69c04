// SPDX-License-Identifier: Apache-2.0
package ads;

import ads.v1.AdImpression;
import ads.v1.ClickTrackServiceGrpc;
import ads.v1.Response;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.BadRequest;
import com.google.rpc.Status;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import java.util.concurrent.TimeUnit;

/** Sends three impressions and one that is refused. Argument: the door's address, localhost:8081 by default. */
public final class AdsClient {
    private AdsClient() {}

    public static void main(String[] args) throws InvalidProtocolBufferException, InterruptedException {
        ManagedChannel channel = NettyChannelBuilder.forTarget(args.length > 0 ? args[0] : "localhost:8081")
                .usePlaintext()
                .build();
        ClickTrackServiceGrpc.ClickTrackServiceBlockingStub clicks = ClickTrackServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(30, TimeUnit.SECONDS);
        try {
            for (int i = 1; i <= 3; i++) {
                AdImpression impression = AdImpression.newBuilder()
                        .setAdId("ad-" + i)
                        .setContextId("java-client")
                        .setUserId("user-" + i)
                        .setTimestamp(Timestamps.now())
                        .build();
                Response response = clicks.adTrack(impression);
                System.out.println(impression.getAdId() + ": " + response.getStatusCode() + " " + response.getMessage());
            }
            refused(clicks);
        } finally {
            channel.shutdown();
        }
    }

    private static void refused(ClickTrackServiceGrpc.ClickTrackServiceBlockingStub clicks)
            throws InvalidProtocolBufferException {
        try {
            clicks.adTrack(AdImpression.newBuilder().setContextId("java-client").build());
        } catch (StatusRuntimeException e) {
            System.out.println("refused: " + e.getStatus().getCode() + " " + e.getStatus().getDescription());
            Status status = StatusProto.fromThrowable(e);
            for (Any detail : status == null ? java.util.List.<Any>of() : status.getDetailsList()) {
                if (detail.is(BadRequest.class)) {
                    for (BadRequest.FieldViolation field : detail.unpack(BadRequest.class).getFieldViolationsList()) {
                        System.out.println("  " + field.getField() + ": " + field.getDescription());
                    }
                }
            }
        }
    }
}
