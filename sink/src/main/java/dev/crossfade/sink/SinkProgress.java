package dev.crossfade.sink;

/**
 * What this process has made durable on the target since it began.
 *
 * @param chunksCopied chunks
 * @param rowsCopied rows of chunks
 * @param bytesCopied encoded bytes of these rows
 * @param changesApplied records of the rows topic, fences not counted
 */
public record SinkProgress(long chunksCopied, long rowsCopied, long bytesCopied, long changesApplied) {}
