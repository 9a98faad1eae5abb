/** Crossfade: capture. */
@NullMarked
package dev.crossfade.capture;

import org.jspecify.annotations.NullMarked;
