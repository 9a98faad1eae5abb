@NullMarked
package dev.crossfade.demo.shop;

import org.jspecify.annotations.NullMarked;
