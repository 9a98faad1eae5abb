/** Change capture: the source's log becomes records of the changes topic, each exactly once. Debezium's types end here. */
@NullMarked
package dev.crossfade.capture.change;

import org.jspecify.annotations.NullMarked;
