/** The legacy shop of the demo: its schema, its rows, and the people who keep writing to it. */
@NullMarked
package dev.crossfade.demo.shop;

import org.jspecify.annotations.NullMarked;
