/** From the file and the two databases to a plan, or to all the problems at once. Nothing here writes. */
@NullMarked
package dev.crossfade.pipeline.plan;

import org.jspecify.annotations.NullMarked;
