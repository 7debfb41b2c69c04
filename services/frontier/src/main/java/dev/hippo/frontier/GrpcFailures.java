// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

/** Says a refusal as a gRPC status; broken field rules go along as {@code google.rpc.BadRequest}. */
final class GrpcFailures {
    private GrpcFailures() {}

    static StatusRuntimeException of(Refused refused) {
        Status.Builder status = Status.newBuilder()
                .setMessage(refused.message())
                .setCode(code(refused.reason()).getNumber());
        if (!refused.violations().isEmpty()) {
            BadRequest.Builder fields = BadRequest.newBuilder();
            refused.violations()
                    .forEach(v -> fields.addFieldViolationsBuilder()
                            .setField(v.path())
                            .setReason(v.rule())
                            .setDescription(v.message()));
            status.addDetails(Any.pack(fields.build()));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    private static Code code(Refused.Reason reason) {
        return switch (reason) {
            case INVALID -> Code.INVALID_ARGUMENT;
            case OVERLOADED -> Code.RESOURCE_EXHAUSTED;
            case UNAVAILABLE -> Code.UNAVAILABLE;
            case UNKNOWN_TOPIC -> Code.NOT_FOUND;
        };
    }
}
