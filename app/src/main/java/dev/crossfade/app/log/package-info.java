/** Where Crossfade logs to. */
@NullMarked
package dev.crossfade.app.log;

import org.jspecify.annotations.NullMarked;
