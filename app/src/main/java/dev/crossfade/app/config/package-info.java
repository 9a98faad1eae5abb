/** The migration file: read whole, every problem with its line and column, secrets resolved and never shown. */
@NullMarked
package dev.crossfade.app.config;

import org.jspecify.annotations.NullMarked;
