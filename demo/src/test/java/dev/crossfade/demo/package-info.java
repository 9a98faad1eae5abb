@NullMarked
package dev.crossfade.demo;

import org.jspecify.annotations.NullMarked;
