package dev.crossfade.capture.source;

import dev.crossfade.model.ValueException;
import dev.crossfade.model.codec.RowWriter;

/** Turns one field of the server's binary protocol into the bytes of its logical type. Stateless. */
@FunctionalInterface
interface FieldEncoder {
    /**
     * Appends the field's value; a zero or partial date as NULL.
     *
     * @throws ValueException if the logical type cannot hold the value; nothing was appended
     */
    void append(byte[] bytes, int offset, int length, RowWriter writer);
}
