/** What becomes of tables that cannot be followed: they stop by themselves, and are taken up again. */
@NullMarked
package dev.crossfade.sink.stop;

import org.jspecify.annotations.NullMarked;
