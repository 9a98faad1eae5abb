/** Tests of the sink, most of them against a PostgreSQL and a Kafka of their own. */
@NullMarked
package dev.crossfade.sink;

import org.jspecify.annotations.NullMarked;
