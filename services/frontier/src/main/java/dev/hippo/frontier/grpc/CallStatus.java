// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.hippo.contracts.Violation;
import dev.hippo.frontier.publish.Refusal;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

/** Words a refusal as the end of a gRPC call: code, text, and details by google.rpc's error model. */
final class CallStatus {
    private static final String DOMAIN = "door.hippo.dev";

    private CallStatus() {}

    static void close(ServerCall<?, ?> call, Refusal refusal) {
        StatusRuntimeException status = of(refusal);
        Metadata trailers = status.getTrailers();
        call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
    }

    static StatusRuntimeException of(Refusal refusal) {
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder()
                .setCode(code(refusal.code()).getNumber())
                .setMessage(refusal.message())
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(refusal.code().name())
                        .setDomain(DOMAIN)
                        .build()));
        if (!refusal.violations().isEmpty()) {
            BadRequest.Builder fields = BadRequest.newBuilder();
            for (Violation violation : refusal.violations()) {
                fields.addFieldViolationsBuilder()
                        .setField(violation.path())
                        .setReason(violation.rule())
                        .setDescription(violation.message());
            }
            status.addDetails(Any.pack(fields.build()));
        }
        if (refusal.code() == Refusal.Code.OVERLOADED || refusal.code() == Refusal.Code.UNAVAILABLE) {
            status.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(Duration.newBuilder().setSeconds(1))
                    .build()));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    static Status malformed(String message) {
        return Status.INVALID_ARGUMENT.withDescription(message);
    }

    private static Code code(Refusal.Code code) {
        return switch (code) {
            case INVALID -> Code.INVALID_ARGUMENT;
            case OVERLOADED -> Code.RESOURCE_EXHAUSTED;
            case UNAVAILABLE -> Code.UNAVAILABLE;
            case UNKNOWN_TOPIC -> Code.NOT_FOUND;
            case FAILED -> Code.FAILED_PRECONDITION;
        };
    }
}
