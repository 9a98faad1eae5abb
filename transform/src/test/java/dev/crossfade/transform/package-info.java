/** Tests of the transform. */
@NullMarked
package dev.crossfade.transform;

import org.jspecify.annotations.NullMarked;
