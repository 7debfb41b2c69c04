// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import dev.hippo.capture.mariadb.Server.LogFile;
import dev.hippo.capture.source.LogState;
import dev.hippo.capture.source.LogWatch;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SourceFailure;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after the files of the binary log: that the reader is in the one that the server removes next is told before it is gone. Used by one thread. */
final class BinlogWatch implements LogWatch {
    private static final Logger log = LoggerFactory.getLogger(BinlogWatch.class);
    private static final long NONE = -1;

    private final MariaDbSettings settings;
    private @Nullable Server server;
    /** The file in which the reader was at the look before, if that was the oldest one. */
    private long suspected = NONE;

    private long told = NONE;

    /** Does not connect yet. */
    BinlogWatch(MariaDbSettings settings) {
        this.settings = settings;
    }

    @Override
    public LogState look(@Nullable Position stored) throws SourceFailure {
        Server open = server;
        if (open == null) {
            open = Server.connect(settings);
            server = open;
        }
        try {
            open.boundWaiting();
            List<LogFile> files = open.files();
            LogPlace place = stored == null ? null : LogPlace.of(stored);
            if (place != null && isNew(files, place)) {
                log.warn("{}", warning(files, open.expiry()));
            }
            LogFile last = files.get(files.size() - 1);
            return new LogState(
                    LogPlace.of(last.name(), last.size()).position(settings.epoch()),
                    place == null ? -1 : behind(files, place),
                    files.stream().mapToLong(LogFile::size).sum());
        } catch (SourceFailure e) {
            close();
            throw e;
        }
    }

    /** How many bytes the files have behind a place. */
    static long behind(List<LogFile> files, LogPlace place) {
        long behind = 0;
        for (LogFile file : files) {
            if (file.number() > place.file()) {
                behind += file.size();
            } else if (file.number() == place.file()) {
                behind += Math.max(0, file.size() - place.offset());
            }
        }
        return behind;
    }

    /** Whether the reader was in the oldest of several files at the look before too, and nobody was told of it. One that keeps up has left it by then. */
    boolean isNew(List<LogFile> files, LogPlace place) {
        long first = files.get(0).number();
        if (files.size() == 1 || place.file() != first) {
            suspected = NONE;
            return false;
        }
        if (suspected != first) {
            suspected = first;
            return false;
        }
        boolean isNew = told != first;
        told = first;
        return isNew;
    }

    /**
     * What to say of it.
     *
     * @param expiry the server's {@code binlog_expire_logs_seconds}; empty if it has no such setting
     */
    static String warning(List<LogFile> files, String expiry) {
        String when = expiry.isEmpty() || expiry.equals("0")
                ? "The server does not remove files by their age, but somebody may"
                : "binlog_expire_logs_seconds is " + expiry + "; raise it, or see why the reader is behind";
        return "The reader is still in " + files.get(0).name() + ", the oldest of " + files.size()
                + " files of the binary log: it is the one that is removed next, and when it is, only a new snapshot helps. "
                + when;
    }

    @Override
    public void close() {
        Server open = server;
        server = null;
        if (open != null) {
            open.close();
        }
    }
}
