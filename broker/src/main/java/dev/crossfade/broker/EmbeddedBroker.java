package dev.crossfade.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kafka node (KRaft, broker and controller) inside this process, reachable on 127.0.0.1 only. Its directory is made at the first
 * start and carries the cluster's identity and every record over restarts, after SIGKILL of the process too: Kafka does not fsync, so
 * only the death of the machine can lose what was acknowledged. Nothing expires.
 *
 * <p>Any thread may call any method; {@link #close} once the clients are closed.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedBroker.class);
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(30);
    /** Another process may take a port between the choice and the start. */
    private static final int PORT_ATTEMPTS = 5;

    private static final String PROPERTIES_FILE = "meta.properties";
    /** Kafka's own directory, below the broker's. */
    static final String LOGS = "kafka";

    private final KafkaRaftServer server;
    private final DirectoryLock lock;
    private final LifeMark life;
    private final String clusterId;
    private final int port;
    private final CompletableFuture<IllegalStateException> failed;
    private boolean closed;

    private EmbeddedBroker(
            KafkaRaftServer server,
            DirectoryLock lock,
            LifeMark life,
            String clusterId,
            int port,
            CompletableFuture<IllegalStateException> failed) {
        this.server = server;
        this.lock = lock;
        this.life = life;
        this.clusterId = clusterId;
        this.port = port;
        this.failed = failed;
    }

    /**
     * Starts a node on {@code directory} and returns when it serves, on a free port. After an unclean end the tails of the logs are read again first.
     *
     * @throws IllegalStateException if a live broker uses the directory, its disk has no room, or Kafka refuses to start
     * @throws UncheckedIOException if the directory cannot be written
     */
    public static EmbeddedBroker start(Path directory) {
        return start(directory, 0);
    }

    /** As {@link #start(Path)} on a given port; 0 is a free one. */
    public static EmbeddedBroker start(Path directory, int port) {
        return startBehind(directory, port, port);
    }

    /**
     * As {@link #start(Path, int)}, behind something that passes on what it gets: clients, and the node itself, are told to come to
     * {@code advertisedPort} of 127.0.0.1, which leads to {@code port}.
     */
    public static EmbeddedBroker startBehind(Path directory, int port, int advertisedPort) {
        Path absolute = directory.toAbsolutePath().normalize();
        try {
            Files.createDirectories(absolute);
            DirectoryLock lock = DirectoryLock.take(absolute);
            try {
                return startLocked(absolute, port, advertisedPort, lock);
            } catch (IOException | RuntimeException | Error e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use the Kafka directory " + absolute, e);
        }
    }

    /** What clients take as {@code bootstrap.servers}; after a restart it is another one. */
    public String bootstrapServers() {
        return BrokerSettings.HOST + ":" + port;
    }

    /** The identity of the logs, made with the directory; another directory has another one. */
    public String clusterId() {
        return clusterId;
    }

    /**
     * When it was seen that the machine had died while a broker ran on this directory: since then, acknowledged records may be missing
     * at the end of any log. Empty if that has never happened; SIGKILL of the process loses nothing.
     */
    public Optional<Instant> suspectSince() {
        return life.suspectSince();
    }

    /**
     * Completes if the broker gives up by itself, for instance because its disk is full. It is of no use then: close it and end what
     * depends on it. The process is not ended, as Kafka would do.
     */
    public CompletableFuture<IllegalStateException> failed() {
        return failed.copy();
    }

    /** Shuts down in order, so that the next start need not recover; waits at most half a minute. A second call does nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        boolean stopped = stop(server);
        FatalExits.forget(failed);
        try {
            try {
                if (stopped && !failed.isDone()) {
                    life.end();
                }
            } finally {
                lock.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot mark the Kafka directory as stopped and release its lock", e);
        }
    }

    private static EmbeddedBroker startLocked(Path directory, int wantedPort, int advertisedPort, DirectoryLock lock)
            throws IOException {
        long started = System.nanoTime();
        Path logs = directory.resolve(LOGS);
        boolean hasLived = Files.exists(logs.resolve(PROPERTIES_FILE));
        Room.prove(hasLived ? logs : directory);
        LifeMark life = LifeMark.begin(directory, hasLived);
        String clusterId = formatOnce(logs);
        for (int attempt = 1; ; attempt++) {
            int port = wantedPort != 0 ? wantedPort : freePort();
            CompletableFuture<IllegalStateException> failed = new CompletableFuture<>();
            FatalExits.tell(failed);
            KafkaRaftServer server = null;
            try {
                if (hasLived) {
                    FormerLife.end(logs, freePort());
                }
                Properties settings = BrokerSettings.of(logs, port, freePort());
                if (advertisedPort != wantedPort) {
                    BrokerSettings.advertise(settings, advertisedPort);
                }
                server = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
                server.startup();
                log.atInfo()
                        .addKeyValue("directory", directory)
                        .addKeyValue("port", port)
                        .addKeyValue("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started))
                        .log("Kafka started");
                return new EmbeddedBroker(server, lock, life, clusterId, port, failed);
            } catch (RuntimeException e) {
                if (server != null) {
                    boolean unused = stop(server);
                }
                FatalExits.forget(failed);
                if (wantedPort == 0 && attempt < PORT_ATTEMPTS && isPortTaken(e)) {
                    continue;
                }
                throw new IllegalStateException(
                        "Kafka did not start on " + directory + " and port " + port + ": "
                                + (isPortTaken(e) ? "another process has the port" : e.getMessage()),
                        e);
            }
        }
    }

    /** The properties file is written last, so a directory that has it is formatted. */
    private static String formatOnce(Path logs) throws IOException {
        Path properties = logs.resolve(PROPERTIES_FILE);
        if (!Files.exists(properties)) {
            Files.createDirectories(logs);
            format(logs);
        }
        Properties written = new Properties();
        try (var reader = Files.newBufferedReader(properties)) {
            written.load(reader);
        }
        String clusterId = written.getProperty("cluster.id");
        if (clusterId == null) {
            throw new IllegalStateException(properties + " names no cluster.id; the directory is not one of Kafka's");
        }
        return clusterId;
    }

    private static void format(Path logs) throws IOException {
        Formatter formatter = new Formatter()
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(BrokerSettings.NODE_ID)
                .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
                .setMetadataLogDirectory(logs.toString())
                .addDirectory(logs.toString())
                .setUnstableFeatureVersionsEnabled(false)
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        try {
            formatter.run();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) { // declared by Formatter.run
            throw new IllegalStateException("cannot format " + logs + " for Kafka", e);
        }
    }

    private static boolean isPortTaken(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return true;
            }
        }
        return false;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Kafka waits for minutes in places; what is acknowledged is safe without that. False if it was left behind. */
    private static boolean stop(KafkaRaftServer server) {
        Thread stopping = new Thread(
                () -> {
                    server.shutdown();
                    server.awaitShutdown();
                },
                "kafka-shutdown");
        stopping.setDaemon(true);
        stopping.start();
        try {
            stopping.join(CLOSE_DEADLINE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (stopping.isAlive()) {
            log.atWarn()
                    .addKeyValue("seconds", CLOSE_DEADLINE.toSeconds())
                    .log("Kafka did not shut down in time and is left behind; its next start recovers");
        }
        return !stopping.isAlive();
    }
}
