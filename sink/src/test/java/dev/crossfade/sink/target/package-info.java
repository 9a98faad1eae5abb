/** Tests of what needs no database. */
@NullMarked
package dev.crossfade.sink.target;

import org.jspecify.annotations.NullMarked;
