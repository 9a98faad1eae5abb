package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

/**
 * A place between two events in the binary log of one MySQL or MariaDB server. Positions of one server are totally ordered by
 * file, then offset; positions of two servers must not be compared.
 *
 * @param file the log file, such as {@code binlog.000007}; the number after the last dot orders files
 * @param offset bytes from the start of the file
 * @param gtids the executed GTID set at this place, as the server writes it; empty where the server has none. Not part of the
 *     order
 */
public record BinlogPosition(String file, long offset, String gtids) {
    public BinlogPosition {
        requireNonNull(file, "file");
        requireNonNull(gtids, "gtids");
        fileNumber(file);
        if (offset < 0) {
            throw new IllegalArgumentException("offset " + offset + " must not be negative");
        }
    }

    private static long fileNumber(String file) {
        return Long.parseLong(file.substring(file.lastIndexOf('.') + 1));
    }

    public boolean isAtOrAfter(BinlogPosition other) {
        long number = fileNumber(file);
        long otherNumber = fileNumber(other.file);
        return number != otherNumber ? number > otherNumber : offset >= other.offset;
    }

    @Override
    public String toString() {
        return file + ":" + offset + (gtids.isEmpty() ? "" : " (" + gtids + ")");
    }
}
