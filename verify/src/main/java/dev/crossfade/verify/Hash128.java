package dev.crossfade.verify;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The first 128 bits of SHA-256, and a cheaper hash that only spreads rows over buckets. SHA-256 and not a faster hash without a key:
 * sums of hashes are compared, and an accident in the data must not be able to make them cancel out. One thread at a time.
 */
final class Hash128 {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L; // FNV-1a, 64 bits
    private static final long FNV_PRIME = 0x100000001b3L;

    private final MessageDigest sha256;
    private final byte[] output = new byte[32];
    private final ByteBuffer longs = ByteBuffer.wrap(output);

    Hash128() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Computes the hash that {@link #high} and {@link #low} give until the next call. */
    void of(byte[] bytes, int from, int to) {
        update(bytes, from, to);
        finish();
    }

    /** Adds bytes to the hash that {@link #finish} completes. */
    void update(byte[] bytes, int from, int to) {
        sha256.update(bytes, from, to - from);
    }

    void finish() {
        try {
            sha256.digest(output, 0, output.length);
        } catch (DigestException e) {
            throw new IllegalStateException("32 bytes hold a SHA-256", e);
        }
    }

    long high() {
        return longs.getLong(0);
    }

    long low() {
        return longs.getLong(Long.BYTES);
    }

    /** Continues a spreading hash over some more bytes; begin with {@link #SPREAD_START}. */
    static long spread(long hash, byte[] bytes, int from, int to) {
        long result = hash;
        for (int i = from; i < to; i++) {
            result = (result ^ (bytes[i] & 0xff)) * FNV_PRIME;
        }
        return result;
    }

    static final long SPREAD_START = FNV_OFFSET;

    /** Mixes all bits of a spreading hash into its highest ones. */
    static long mixed(long hash) {
        long mixed = (hash ^ (hash >>> 32)) * 0x9e3779b97f4a7c15L; // 2^64 divided by the golden ratio
        return (mixed ^ (mixed >>> 29)) * 0xbf58476d1ce4e5b9L; // from SplitMix64
    }
}
