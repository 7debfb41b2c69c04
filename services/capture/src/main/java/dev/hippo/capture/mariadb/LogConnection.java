// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.network.AuthenticationException;
import com.github.shyiko.mysql.binlog.network.SSLMode;
import com.github.shyiko.mysql.binlog.network.ServerException;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.HostAddress;

/** A connection over which the server sends its log. Used once. */
final class LogConnection implements AutoCloseable {
    /** The library tells each connection and its end, of which the source tells better. */
    private static final Logger LIBRARY = Logger.getLogger(BinaryLogClient.class.getName());

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final MariaDbSettings settings;
    private final String base;
    private final TransactionReader transactions;
    private final LogEvents events;
    private final Object lock = new Object();
    private boolean closed;
    private @Nullable Socket socket;
    private volatile @Nullable Exception lost;

    /**
     * Does not connect yet.
     *
     * @param base what the names of all files of the log begin with
     */
    LogConnection(MariaDbSettings settings, String base, TransactionReader transactions) {
        this.settings = settings;
        this.base = base;
        this.transactions = transactions;
        this.events = new LogEvents(transactions);
        LIBRARY.setLevel(Level.WARNING);
    }

    /** Reads until {@link #close}. */
    void read(LogPlace from) throws SourceFailure, InterruptedException {
        IOException failed = null;
        try {
            client(from).connect();
        } catch (IOException e) {
            failed = e;
        }
        Exception ours = events.failure();
        if (ours instanceof SourceFailure failure) {
            throw failure;
        }
        if (ours instanceof RuntimeException bug) {
            throw bug;
        }
        if (ours instanceof InterruptedException) {
            throw new InterruptedException("the reading was interrupted");
        }
        if (!isClosed()) {
            throw failure(failed == null ? lost : failed);
        }
    }

    private BinaryLogClient client(LogPlace from) throws SourceFailure {
        HostAddress address = configuration().addresses().get(0);
        BinaryLogClient client = new BinaryLogClient(address.host, address.port, settings.user(), settings.password());
        client.setServerId(settings.serverId());
        client.setKeepAlive(false);
        client.setConnectTimeout(CONNECT.toMillis());
        client.setHeartbeatInterval(HEARTBEAT.toMillis());
        client.setSocketFactory(this::open);
        client.setSSLMode(sslMode());
        client.setEventDeserializer(events);
        // the command has 32 bits for the place; behind a transaction that is longer, the next file begins
        boolean longer = from.offset() > 0xFFFF_FFFFL;
        LogPlace begin = longer ? new LogPlace(from.file() + 1, LogPlace.FILE_BEGIN) : from;
        client.setBinlogFilename(begin.fileName(base));
        client.setBinlogPosition(begin.offset());
        client.registerLifecycleListener(new BinaryLogClient.AbstractLifecycleListener() {
            @Override
            public void onCommunicationFailure(BinaryLogClient failing, Exception e) {
                lost = e;
            }

            @Override
            public void onEventDeserializationFailure(BinaryLogClient failing, Exception e) {
                lost = e;
                close();
            }
        });
        return client;
    }

    private Configuration configuration() throws SourceFailure {
        try {
            Configuration parsed = Configuration.parse(settings.driverUrl());
            if (parsed == null || parsed.addresses().isEmpty()) {
                throw new SourceFailure(
                        Kind.SETTING, "the url of the database names no host; write jdbc:mariadb://HOST:PORT/");
            }
            return parsed;
        } catch (SQLException e) {
            throw new SourceFailure(
                    Kind.SETTING, "the url of the database cannot be read; write jdbc:mariadb://HOST:PORT/", e);
        }
    }

    private SSLMode sslMode() throws SourceFailure {
        return switch (configuration().sslMode()) {
            case DISABLE -> SSLMode.DISABLED;
            case TRUST -> SSLMode.REQUIRED;
            case VERIFY_CA -> SSLMode.VERIFY_CA;
            case VERIFY_FULL -> SSLMode.VERIFY_IDENTITY;
        };
    }

    private Socket open() throws SocketException {
        Socket opened = new Socket();
        opened.setSoTimeout((int) SILENCE.toMillis());
        opened.setTcpNoDelay(true);
        synchronized (lock) {
            if (closed) {
                throw new SocketException("the source is closed");
            }
            socket = opened;
        }
        return opened;
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    private SourceFailure failure(@Nullable Exception cause) {
        String doing = "read the binary log behind " + transactions.place();
        if (cause instanceof ServerException server) {
            return ServerFailures.of(
                    settings, doing, server.getErrorCode(), String.valueOf(server.getMessage()), server);
        }
        if (cause instanceof AuthenticationException login) {
            return ServerFailures.of(settings, doing, login.getErrorCode(), String.valueOf(login.getMessage()), login);
        }
        String why = cause == null ? "the connection ended" : String.valueOf(cause.getMessage());
        String message = "could not " + doing + ": " + why
                + "; if that comes again and again, another reader has server id " + settings.serverId() + " too";
        return cause == null
                ? new SourceFailure(Kind.PASSING, message)
                : new SourceFailure(Kind.PASSING, message, cause);
    }

    /** Ends {@link #read}, from any thread. */
    @Override
    public void close() {
        Socket open;
        synchronized (lock) {
            closed = true;
            open = socket;
        }
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                lost = e;
            }
        }
    }
}
