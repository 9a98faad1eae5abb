/** A MariaDB or MySQL server as a source: connections, tables, preflight, the marker table and values as read by JDBC. */
@NullMarked
package dev.crossfade.capture.source;

import org.jspecify.annotations.NullMarked;
