/** Crossfade: taking away what a migration has made. */
@NullMarked
package dev.crossfade.pipeline.abort;

import org.jspecify.annotations.NullMarked;
