/** Tests of what speaks to the target, most of them without one. */
@NullMarked
package dev.crossfade.sink.target;

import org.jspecify.annotations.NullMarked;
