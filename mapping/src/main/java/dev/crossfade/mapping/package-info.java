/** The compiled mapping of a table: a pure function from a source row to target rows, shared by backfill, stream and verifier. */
@NullMarked
package dev.crossfade.mapping;

import org.jspecify.annotations.NullMarked;
