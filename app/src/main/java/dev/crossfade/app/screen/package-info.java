/** What a person sees: progress, sizes and times, tables. Everything that becomes text is a pure function; one class draws. */
@NullMarked
package dev.crossfade.app.screen;

import org.jspecify.annotations.NullMarked;
