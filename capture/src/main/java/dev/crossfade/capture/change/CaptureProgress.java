package dev.crossfade.capture.change;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.BinlogPosition;
import java.time.Instant;
import java.util.Optional;

/**
 * How far change capture is; a moment's picture.
 *
 * @param changes row changes published by this process
 * @param committed the last durable position in the source's log; absent until there is one
 * @param lastCommit when this process last made changes or a position durable
 * @param lastSourceTime when the last published change was made, by the source's clock, in whole seconds; absent until there is one
 * @param restarts how often the log was opened anew after a failure
 */
public record CaptureProgress(
        long changes,
        Optional<BinlogPosition> committed,
        Optional<Instant> lastCommit,
        Optional<Instant> lastSourceTime,
        long restarts) {
    public CaptureProgress {
        requireNonNull(committed, "committed");
        requireNonNull(lastCommit, "lastCommit");
        requireNonNull(lastSourceTime, "lastSourceTime");
    }
}
