/** Crossfade: app. */
@NullMarked
package dev.crossfade.app;

import org.jspecify.annotations.NullMarked;
