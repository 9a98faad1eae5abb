/** The two ends of a paired snapshot: the process that compares and the process that runs the migration. */
@NullMarked
package dev.crossfade.pipeline.verification;

import org.jspecify.annotations.NullMarked;
