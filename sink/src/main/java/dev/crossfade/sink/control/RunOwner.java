package dev.crossfade.sink.control;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Who runs a migration: a host and a process id on it. */
public record RunOwner(String host, long pid) {
    public RunOwner {
        requireNonNull(host, "host");
    }

    /** This process. */
    public static RunOwner thisProcess() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "unknown-host"; // a machine whose own name does not resolve
        }
        return new RunOwner(host, ProcessHandle.current().pid());
    }

    @Override
    public String toString() {
        return "process " + pid + " on " + host;
    }
}
