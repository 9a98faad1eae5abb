/** The process that runs a migration is killed everywhere, and nothing is lost, doubled or disordered. */
@org.jspecify.annotations.NullMarked
package dev.crossfade.pipeline.crash;
