// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import com.google.common.io.ByteStreams;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Hands gRPC payloads on as they are. */
enum BytesMarshaller implements MethodDescriptor.Marshaller<byte[]> {
    INSTANCE;

    @Override
    public InputStream stream(byte[] value) {
        return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
        try {
            return ByteStreams.toByteArray(stream);
        } catch (IOException e) {
            throw Status.INTERNAL
                    .withDescription("the request could not be read")
                    .withCause(e)
                    .asRuntimeException();
        }
    }
}
