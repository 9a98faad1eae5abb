/**
 * The bytes of a row, of a key and of every record that Crossfade writes to Kafka. One versioned format, owned here; no other
 * module reads or writes these bytes by hand.
 */
@NullMarked
package dev.crossfade.model.codec;

import org.jspecify.annotations.NullMarked;
