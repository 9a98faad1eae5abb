/** A running migration: its phases, its parts, its fences and what it reports. */
@NullMarked
package dev.crossfade.pipeline.run;

import org.jspecify.annotations.NullMarked;
