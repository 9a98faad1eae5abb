/** Crossfade: pipeline. */
@NullMarked
package dev.crossfade.pipeline;

import org.jspecify.annotations.NullMarked;
