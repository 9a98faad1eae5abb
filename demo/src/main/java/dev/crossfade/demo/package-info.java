/** {@code crossfade demo}: a live shop moves from MariaDB to PostgreSQL before the eyes of whoever typed the command. */
@NullMarked
package dev.crossfade.demo;

import org.jspecify.annotations.NullMarked;
