package dev.crossfade.capture.change;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.ChangePosition;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The units that are stopped at a position, and how far troubles were heard. Stored as a header of the position, so that what has
 * stopped and where reading goes on are one.
 *
 * @param units names, as {@link dev.crossfade.model.codec.Partitioning#unitOf} gives them
 * @param heard the last trouble that a stop was published for; what is read of it again is old
 */
record StoredStops(Set<String> units, Optional<ChangePosition> heard) {
    /** The header's key. */
    static final String HEADER = "stops";

    static final StoredStops NONE = new StoredStops(Set.of(), Optional.empty());

    private static final int VERSION = 1;

    StoredStops {
        units = Set.copyOf(units);
    }

    /** A version, the names, and the place; as {@link DataOutputStream} writes them. */
    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeInt(units.size());
            for (String unit : new TreeSet<>(units)) {
                out.writeUTF(unit);
            }
            out.writeBoolean(heard.isPresent());
            if (heard.isPresent()) {
                ChangePosition place = heard.get();
                out.writeUTF(place.transaction().file());
                out.writeLong(place.transaction().offset());
                out.writeLong(place.event());
                out.writeLong(place.row());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads {@link #encode}'s bytes.
     *
     * @throws IllegalArgumentException if they are anything else
     */
    static StoredStops decode(byte[] encoded) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(encoded))) {
            byte version = in.readByte();
            if (version != VERSION) {
                throw new IllegalArgumentException("stops of version " + version + ", known is " + VERSION);
            }
            Set<String> units = new TreeSet<>();
            for (int left = in.readInt(); left > 0; left--) {
                units.add(in.readUTF());
            }
            Optional<ChangePosition> heard = in.readBoolean()
                    ? Optional.of(new ChangePosition(
                            new BinlogPosition(in.readUTF(), in.readLong(), ""), "", in.readLong(), in.readLong()))
                    : Optional.empty();
            return new StoredStops(units, heard);
        } catch (IOException e) {
            throw new IllegalArgumentException("stops of " + encoded.length + " bytes", e);
        }
    }
}
