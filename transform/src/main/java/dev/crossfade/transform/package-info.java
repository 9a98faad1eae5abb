/**
 * Changes of the source become rows of the target: a Kafka Streams topology with exactly-once processing between the changes
 * topic and the rows topic. Kafka Streams' types stop in here.
 */
@NullMarked
package dev.crossfade.transform;

import org.jspecify.annotations.NullMarked;
