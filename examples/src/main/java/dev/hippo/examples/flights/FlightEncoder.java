// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples.flights;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;

/** Writes {@code flights.v1.Flight} as protobuf's wire format; with generated classes a client would use its builder. Not thread-safe. */
final class FlightEncoder {
    private final byte[] buffer = new byte[256];
    private final byte[] time = new byte[32];

    /** One flight; the numbers are the fields' in {@code flights.proto}. */
    ByteString encode(
            String id, long departedAtSeconds, int delayMinutes, int distanceMiles, String origin, String destination)
            throws IOException {
        CodedOutputStream timestamp = CodedOutputStream.newInstance(time);
        timestamp.writeInt64(1, departedAtSeconds);
        CodedOutputStream out = CodedOutputStream.newInstance(buffer);
        out.writeString(1, id);
        out.writeByteArray(2, time, 0, timestamp.getTotalBytesWritten());
        if (delayMinutes != 0) {
            out.writeSInt32(3, delayMinutes);
        }
        out.writeUInt32(4, distanceMiles);
        out.writeString(5, origin);
        out.writeString(6, destination);
        return ByteString.copyFrom(buffer, 0, out.getTotalBytesWritten());
    }
}
