/** Tests of the verifier. */
@NullMarked
package dev.crossfade.verify;

import org.jspecify.annotations.NullMarked;
