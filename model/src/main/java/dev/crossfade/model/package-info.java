/**
 * The vocabulary of a migration: tables, types, rows, keys, positions, chunks, plans, fault points and errors. Everything
 * here is immutable and free of I/O.
 */
@NullMarked
package dev.crossfade.model;

import org.jspecify.annotations.NullMarked;
