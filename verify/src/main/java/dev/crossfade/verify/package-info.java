/**
 * Proves that both sides hold the same rows: a pair of snapshots, read over connections of its own, every row brought to a canonical
 * form of its own. Nothing here is shared with what copies the rows.
 */
@NullMarked
package dev.crossfade.verify;

import org.jspecify.annotations.NullMarked;
