package dev.crossfade.verify;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Passes bytes on to a server on this machine until it has passed a number of them back; then it cuts every connection, and refuses new ones. */
final class CuttingProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final int serverPort;
    private final List<Socket> sockets = new ArrayList<>();
    private long bytesLeft;
    private boolean closed;

    private CuttingProxy(int serverPort, long bytesBack) throws IOException {
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.serverPort = serverPort;
        this.bytesLeft = bytesBack;
    }

    /** Cuts after {@code bytesBack} bytes from the server to its clients. */
    static CuttingProxy before(int serverPort, long bytesBack) {
        try {
            CuttingProxy proxy = new CuttingProxy(serverPort, bytesBack);
            proxy.inBackground(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Whether it has cut the connections. */
    synchronized boolean hasCut() {
        return bytesLeft <= 0;
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            if (!keep(client, server)) {
                return;
            }
            inBackground(() -> copy(client, server, false));
            inBackground(() -> copy(server, client, true));
        }
    }

    private synchronized boolean keep(Socket client, Socket server) throws IOException {
        sockets.add(client);
        sockets.add(server);
        if (closed) {
            close();
        }
        return !closed;
    }

    private void copy(Socket from, Socket to, boolean back) throws IOException {
        byte[] buffer = new byte[1024];
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
            if (back && !mayPass(length)) {
                close();
                return;
            }
            out.write(buffer, 0, length);
        }
    }

    private synchronized boolean mayPass(int length) {
        bytesLeft -= length;
        return bytesLeft > 0;
    }

    private void inBackground(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException closedByOtherEnd) {
                        // As it should be: either end may close at any time.
                    }
                },
                "cutting-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** Something that ends when a socket closes. */
    private interface Work {
        void run() throws IOException;
    }
}
