/**
 * The PostgreSQL target itself: how to reach it, what it must offer before a migration begins, and its tables. Connections are
 * plain JDBC; SQL errors leave this module as {@link dev.crossfade.model.MigrationException} of kind TARGET.
 */
@NullMarked
package dev.crossfade.sink.target;

import org.jspecify.annotations.NullMarked;
