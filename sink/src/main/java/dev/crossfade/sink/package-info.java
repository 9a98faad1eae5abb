/** Applies target rows to PostgreSQL, each exactly once: {@link dev.crossfade.sink.Sink} is the way in. */
@NullMarked
package dev.crossfade.sink;

import org.jspecify.annotations.NullMarked;
