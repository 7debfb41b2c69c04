// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventHeaderV4;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.deserialization.ChecksumType;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import com.github.shyiko.mysql.binlog.io.ByteArrayInputStream;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Takes the bytes of each event from the client library before it makes objects of them, checks their sum and hands them on. A failure ends the connection: the library goes on
 * behind every other exception but one of an ended stream.
 */
final class LogEvents extends EventDeserializer {
    private static final int CHECKSUM = 4;
    private static final int KEPT = 1 << 20;
    private static final Event PASSED = passed();

    private final TransactionReader to;
    private final LogEvent event = new LogEvent();
    private final CRC32 sum = new CRC32();
    private final byte[] header = new byte[LogEvent.HEADER];
    private byte[] kept = new byte[1 << 14];
    private int checksum;
    private volatile @Nullable Exception failure;

    LogEvents(TransactionReader to) {
        this.to = to;
    }

    private static Event passed() {
        EventHeaderV4 header = new EventHeaderV4();
        header.setEventType(EventType.IGNORABLE);
        return new Event(header, null);
    }

    /** What ended the reading from this side; null if nothing has. */
    @Nullable
    Exception failure() {
        return failure;
    }

    @Override
    @SuppressWarnings("deprecation")
    public void setChecksumType(ChecksumType type) {
        checksum = type.getLength();
    }

    @Override
    public Event nextEvent(ByteArrayInputStream stream) throws IOException {
        stream.fill(header, 0, LogEvent.HEADER);
        event.header(header);
        int length = (int) event.length() - LogEvent.HEADER;
        byte[] body = room(length);
        stream.fill(body, 0, length);
        try {
            if (event.type() == LogEvent.FORMAT) {
                // the kind of sum is the last byte before the sum itself
                checksum = body[length - CHECKSUM - 1] == 1 ? CHECKSUM : 0;
                event.body(body, length - CHECKSUM);
            } else {
                event.body(body, length - checksum);
                checkSum(body, length - checksum);
            }
            to.event(event);
        } catch (SourceFailure | InterruptedException | RuntimeException e) {
            failure = e;
            EOFException end = new EOFException("the reader cannot go on");
            end.initCause(e);
            throw end;
        }
        return PASSED;
    }

    private byte[] room(int length) {
        if (length > KEPT) {
            return new byte[length];
        }
        if (length > kept.length) {
            kept = new byte[Math.max(length, Math.min(KEPT, 2 * kept.length))];
        }
        return kept;
    }

    private void checkSum(byte[] body, int end) throws SourceFailure {
        if (checksum == 0 || event.isOutsideLog() || event.type() == LogEvent.ROTATE) {
            return;
        }
        sum.reset();
        sum.update(header, 0, LogEvent.HEADER);
        sum.update(body, 0, end);
        long told = Integer.toUnsignedLong(
                (body[end] & 0xFF) | (body[end + 1] & 0xFF) << 8 | (body[end + 2] & 0xFF) << 16 | body[end + 3] << 24);
        if (told != sum.getValue()) {
            throw new SourceFailure(
                    Kind.PASSING,
                    "an event of the binary log before " + to.place()
                            + " has a wrong check sum, broken on its way or on" + " the server's disk");
        }
    }
}
