// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Hands messages on as the bytes that they are. Thread-safe. */
final class RawBytes implements MethodDescriptor.Marshaller<byte[]> {
    static final RawBytes MARSHALLER = new RawBytes();

    private RawBytes() {}

    @Override
    public InputStream stream(byte[] message) {
        return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
        try {
            return stream.readNBytes(Integer.MAX_VALUE);
        } catch (IOException e) {
            throw Status.INTERNAL
                    .withDescription("a message could not be read: " + e.getMessage())
                    .withCause(e)
                    .asRuntimeException();
        }
    }
}
