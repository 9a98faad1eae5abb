/** Crossfade: testkit. */
@NullMarked
package dev.crossfade.testkit;

import org.jspecify.annotations.NullMarked;
