/** Crossfade: sink. */
@NullMarked
package dev.crossfade.sink;

import org.jspecify.annotations.NullMarked;
