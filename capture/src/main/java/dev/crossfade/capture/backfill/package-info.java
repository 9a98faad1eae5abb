/**
 * Reads what a source holds, chunk by chunk, into Kafka: the planner cuts tables into key ranges, readers turn each into encoded
 * target rows in one transaction.
 */
@NullMarked
package dev.crossfade.capture.backfill;

import org.jspecify.annotations.NullMarked;
