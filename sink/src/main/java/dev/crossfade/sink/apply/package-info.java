/** The threads that carry chunks and rows from Kafka into the target, each in transactions that also move its progress. */
@NullMarked
package dev.crossfade.sink.apply;

import org.jspecify.annotations.NullMarked;
