package dev.crossfade.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Stands in front of a server of this machine and disturbs the way to it. It passes every byte until it is told otherwise, and lives
 * on when the server is down: a connection that the server refuses is closed. What is planned by one of the {@code ...After} and
 * {@code swallow...} methods happens once, and a new plan takes the place of an old one. Any thread may call any method.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int BUFFER_BYTES = 16 << 10;
    private static final int MAX_TEXT = 64;

    private final ServerSocket listener;
    private final int serverPort;
    private final Set<Link> links = new HashSet<>(); // guarded by this, as is the rest
    private Plan plan = Plan.NONE;
    private boolean refusing;

    private TcpProxy(ServerSocket listener, int serverPort) {
        this.listener = listener;
        this.serverPort = serverPort;
    }

    /** Begins to listen on a free port of 127.0.0.1; all connections go on to {@code serverPort} there. */
    public static TcpProxy before(int serverPort) {
        try {
            TcpProxy proxy = new TcpProxy(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), serverPort);
            daemon(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen", e);
        }
    }

    /** Where clients connect. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Closes all connections that are open now, on both ends; new ones pass. */
    public synchronized void cut() {
        Set.copyOf(links).forEach(Link::close);
    }

    /** As {@link #cut}, once exactly {@code bytes} more have gone from the server to its clients, on all connections together. */
    public void cutAfterAnswered(long bytes) {
        plan(new Plan(bytes, "", Then.CUT_ALL));
    }

    /** As {@link #cutAfterAnswered}, and refuses connections from then on. */
    public void endAfterAnswered(long bytes) {
        plan(new Plan(bytes, "", Then.CUT_ALL_AND_REFUSE));
    }

    /**
     * Cuts the first connection on which the server answers with this text (a byte is a character of Latin-1), before the whole of them has reached the client: the
     * server has done what it was asked for, and the client cannot know.
     */
    public void swallowAnswer(String text) {
        if (text.isEmpty() || text.length() > MAX_TEXT) {
            throw new IllegalArgumentException("text has " + text.length() + " bytes, must have 1.." + MAX_TEXT);
        }
        plan(new Plan(Long.MAX_VALUE, text, Then.CUT_ONE));
    }

    /**
     * Holds all bytes of the connections that are open now, in both directions, also the news that an end has closed; new connections
     * pass. So it looks to either end when a firewall has forgotten a connection.
     */
    public synchronized void freeze() {
        links.forEach(link -> link.frozen = true);
    }

    /** Lets the frozen connections go on with what was held. */
    public synchronized void thaw() {
        links.forEach(link -> link.frozen = false);
        notifyAll();
    }

    /** Whether the last plan has been carried out; true also if there never was one. */
    public synchronized boolean hasStruck() {
        return plan.isDone();
    }

    /**
     * Waits until the last plan has been carried out.
     *
     * @throws IllegalStateException if it has not by the deadline
     */
    public synchronized void awaitStrike(Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        try {
            while (!plan.isDone()) {
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (leftMillis <= 0) {
                    throw new IllegalStateException("what was to be cut did not come by within " + deadline);
                }
                wait(leftMillis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a connection to be cut", e);
        }
    }

    /** Closes all connections and refuses new ones. */
    @Override
    public synchronized void close() {
        refusing = true;
        closeQuietly(listener);
        cut();
    }

    private synchronized void plan(Plan next) {
        plan = next;
    }

    private void accept() {
        while (true) {
            try {
                Socket client = listener.accept();
                daemon(() -> connect(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        try {
            Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Link link = new Link(client, server);
            if (keep(link)) {
                daemon(() -> pass(link, server, client, (buffer, length) -> answered(link, buffer, length)));
                pass(link, client, server, (buffer, length) -> asked(link, length));
            }
        } catch (IOException refused) {
            closeQuietly(client);
        }
    }

    private synchronized boolean keep(Link link) {
        if (refusing) {
            link.close();
            return false;
        }
        links.add(link);
        return true;
    }

    private void pass(Link link, Socket from, Socket to, Gate gate) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                int passing = gate.admit(buffer, length);
                out.write(buffer, 0, passing);
                if (passing < length) {
                    strike(link);
                }
            }
            asked(link, 0); // the news of the end waits, too
        } catch (IOException eitherEndIsGone) {
            // As it should be: either end may close at any time.
        }
        synchronized (this) {
            link.close();
        }
    }

    private synchronized int asked(Link link, int length) throws IOException {
        awaitThaw(link);
        return length;
    }

    /** How many of the bytes may pass; if not all, the plan is due. */
    private synchronized int answered(Link link, byte[] buffer, int length) throws IOException {
        awaitThaw(link);
        if (plan.isDone()) {
            return length;
        }
        String seen = link.tail + new String(buffer, 0, length, ISO_8859_1);
        if (plan.isDueAt(seen)) {
            return 0;
        }
        link.tail = seen.substring(Math.max(0, seen.length() - MAX_TEXT));
        int passing = (int) Math.min(length, plan.bytes());
        plan = plan.after(passing);
        return passing;
    }

    private void awaitThaw(Link link) throws IOException {
        try {
            while (link.frozen) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while frozen");
        }
    }

    private synchronized void strike(Link link) {
        Then then = plan.then();
        plan = Plan.NONE;
        switch (then) {
            case NOTHING ->
                link.close(); // another was the first, but this one's bytes are withheld, too: it cannot go on
            case CUT_ONE -> link.close();
            case CUT_ALL -> cut();
            case CUT_ALL_AND_REFUSE -> close();
        }
        notifyAll();
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "tcp-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(Closeable socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // it is closed all the same
        }
    }

    /** Decides how many of the bytes that were read may be written; waits while the connection is frozen. */
    private interface Gate {
        int admit(byte[] buffer, int length) throws IOException;
    }

    private enum Then {
        NOTHING,
        CUT_ONE,
        CUT_ALL,
        CUT_ALL_AND_REFUSE
    }

    /** What is to happen after so many bytes from the server, or at this text, one character a byte; empty means no text. */
    private record Plan(long bytes, String text, Then then) {
        static final Plan NONE = new Plan(Long.MAX_VALUE, "", Then.NOTHING);

        boolean isDone() {
            return then == Then.NOTHING;
        }

        boolean isDueAt(String seen) {
            return !text.isEmpty() && seen.contains(text);
        }

        Plan after(int passed) {
            return new Plan(bytes == Long.MAX_VALUE ? bytes : bytes - passed, text, then);
        }
    }

    /** A connection of a client and the one that goes with it to the server. Its fields and methods are guarded by the proxy. */
    private final class Link implements Closeable {
        private final Socket client;
        private final Socket server;
        private boolean frozen;
        private String tail = ""; // of what was answered: a text may come in two pieces

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        @Override
        public void close() {
            frozen = false;
            links.remove(this);
            closeQuietly(client);
            closeQuietly(server);
            TcpProxy.this.notifyAll();
        }
    }
}
