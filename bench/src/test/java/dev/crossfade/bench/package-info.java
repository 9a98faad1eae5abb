@NullMarked
package dev.crossfade.bench;

import org.jspecify.annotations.NullMarked;
