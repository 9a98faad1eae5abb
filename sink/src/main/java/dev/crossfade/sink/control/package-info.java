/**
 * What a migration remembers in schema {@code crossfade} of its target: the run lock, phase, progress, chunk ledger, fences and
 * verification requests. Usable from any process that reaches the target.
 */
@NullMarked
package dev.crossfade.sink.control;

import org.jspecify.annotations.NullMarked;
