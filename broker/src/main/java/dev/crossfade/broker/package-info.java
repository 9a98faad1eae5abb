/** Kafka inside the process: one KRaft node, sized small. Knows Kafka and nothing of Crossfade. */
@NullMarked
package dev.crossfade.broker;

import org.jspecify.annotations.NullMarked;
