package dev.crossfade.sink.control;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Keys of our advisory locks. They are shared by everything in the database, so they are 64 bits of a hash. */
final class AdvisoryKeys {
    /** Guards the creation of the control schema. */
    static final long CONTROL_SCHEMA = key("control schema");

    private AdvisoryKeys() {}

    /** The run lock of a migration: held by the session of its one runner. */
    static long runLock(String migration) {
        return key("run lock " + migration);
    }

    /** The gate of a migration: every writing transaction passes it shared, a new runner closes it for a moment. */
    static long gate(String migration) {
        return key("gate " + migration);
    }

    private static long key(String purpose) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(("crossfade " + purpose).getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
