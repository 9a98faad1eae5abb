/** Tables that have stopped while the others go on, and their way back. */
@NullMarked
package dev.crossfade.pipeline.stop;

import org.jspecify.annotations.NullMarked;
