/** Crossfade: verify. */
@NullMarked
package dev.crossfade.verify;

import org.jspecify.annotations.NullMarked;
