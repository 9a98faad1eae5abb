/** Crossfade: broker. */
@NullMarked
package dev.crossfade.broker;

import org.jspecify.annotations.NullMarked;
