package dev.crossfade.broker;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;

/**
 * A mark in the broker's directory from which the next start sees how the last life ended. Kafka acknowledges what the operating
 * system has in memory. A clean stop has flushed it; the end of the process alone leaves it with the operating system; but where a
 * life has no clean stop and the machine was started again since, the tail of every log may be gone. That is never forgotten: no later
 * life can bring the records back. The machine's life is told by Linux' boot id; where there is none, the process is taken to have
 * died alone.
 *
 * @see <a href="https://www.kernel.org/doc/html/v6.12/admin-guide/sysctl/kernel.html#random">boot_id</a>
 */
final class LifeMark {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final String FILE = "life";
    private static final String STATE = "state";
    private static final String RUNNING = "running";
    private static final String STOPPED = "stopped";
    private static final String BOOT = "boot";
    private static final String SUSPECT_SINCE = "suspect-since";

    private final Path file;
    private final String bootId;
    private final Optional<Instant> suspectSince;

    private LifeMark(Path file, String bootId, Optional<Instant> suspectSince) {
        this.file = file;
        this.bootId = bootId;
        this.suspectSince = suspectSince;
    }

    /**
     * Reads how the last life ended and begins another; on return that is on disk. To be called with the directory's lock, before
     * anything else is written to the directory.
     *
     * @param hasRecords whether a broker has lived here before: then a missing mark is a lost one
     */
    static LifeMark begin(Path directory, boolean hasRecords) throws IOException {
        return begin(directory, hasRecords, bootId(), Clock.systemUTC());
    }

    static LifeMark begin(Path directory, boolean hasRecords, String bootId, Clock clock) throws IOException {
        Path file = directory.resolve(FILE);
        Optional<Properties> former =
                hasRecords ? read(file) : Optional.empty(); // else it is of records that were removed
        Optional<Instant> suspectSince =
                former.map(mark -> mark.getProperty(SUSPECT_SINCE)).map(Instant::parse);
        boolean endedClean =
                former.map(mark -> STOPPED.equals(mark.getProperty(STATE))).orElse(!hasRecords);
        boolean sameBoot =
                former.map(mark -> bootId.equals(mark.getProperty(BOOT))).orElse(false);
        if (suspectSince.isEmpty() && !endedClean && !sameBoot) {
            suspectSince = Optional.of(clock.instant());
        }
        LifeMark mark = new LifeMark(file, bootId, suspectSince);
        mark.write(RUNNING);
        return mark;
    }

    /** When it was seen that the machine had died under the broker, in this life or an earlier one; empty if it never has. */
    Optional<Instant> suspectSince() {
        return suspectSince;
    }

    /** Every log is flushed and closed. */
    void end() throws IOException {
        write(STOPPED);
    }

    /** To be called with the directory's lock, after its records were removed. */
    static void remove(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve(FILE));
    }

    private static String bootId() throws IOException {
        return Files.isReadable(BOOT_ID) ? Files.readString(BOOT_ID).strip() : "";
    }

    private static Optional<Properties> read(Path file) throws IOException {
        Properties mark = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            mark.load(reader);
            return Optional.of(mark);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Whole or not at all, and on disk. */
    private void write(String state) throws IOException {
        Properties mark = new Properties();
        mark.setProperty(STATE, state);
        mark.setProperty(BOOT, bootId);
        suspectSince.ifPresent(since -> mark.setProperty(SUSPECT_SINCE, since.toString()));
        StringWriter text = new StringWriter();
        mark.store(text, null);
        Path temporary = file.resolveSibling(FILE + ".new");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
