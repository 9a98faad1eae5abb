package dev.crossfade.model;

/**
 * Every place in the product where something has just become durable or is about to. The crash test kills the process at each of
 * them. A point named {@code BEFORE_x} is reached before step x is asked for, {@code AFTER_x} once the answer is there.
 */
public enum FaultPoint {
    /** The topics exist; the target does not know their identity yet. */
    PIPELINE_AFTER_TOPICS,
    /** The marker table exists on the source; nothing is captured yet. */
    CAPTURE_AFTER_MARKER_TABLE,
    /** Change records and the offset record are sent, the Kafka transaction is open. */
    CAPTURE_BEFORE_COMMIT,
    /** The Kafka transaction of a batch of changes is committed; Debezium does not know yet. */
    CAPTURE_AFTER_COMMIT,
    /** P0 is durable in the offset topic; no chunk is planned. */
    CAPTURE_AFTER_FIRST_POSITION,
    /** A fence record is sent into every change partition, the transaction is open. */
    CAPTURE_BEFORE_FENCE_COMMIT,
    /** All chunk tasks and the seal are sent, the transaction is open. */
    BACKFILL_BEFORE_PLAN_COMMIT,
    /** The sealed chunk plan is durable. */
    BACKFILL_AFTER_PLAN_COMMIT,
    /** Some batches of a chunk are sent, more will follow. */
    BACKFILL_WITHIN_CHUNK,
    /** All batches, the closing record and the task's offset are sent, the transaction is open. */
    BACKFILL_BEFORE_CHUNK_COMMIT,
    /** A chunk is durable in Kafka. */
    BACKFILL_AFTER_CHUNK_COMMIT,
    /** The snapshot of a group's copy is open and its beginning is durable in Kafka; none of its chunks is. */
    COPY_AFTER_BEGIN,
    /** All chunks of a group's copy are durable in Kafka; its closing record is sent, the transaction is open. */
    COPY_BEFORE_END_COMMIT,
    /** A group's copy and its closing record are durable in Kafka. */
    COPY_AFTER_END,
    /** A change was mapped to a target row and handed to Streams, whose transaction is open. */
    TRANSFORM_WITHIN_TRANSACTION,
    /** Streams committed a transaction. */
    TRANSFORM_AFTER_COMMIT,
    /** The chunk's ledger row is written and COPY has begun; the target's transaction is open. */
    SINK_WITHIN_CHUNK,
    /** A chunk is copied, the target's transaction is open. */
    SINK_BEFORE_CHUNK_COMMIT,
    /** A chunk is durable on the target. */
    SINK_AFTER_CHUNK_COMMIT,
    /** The tables of a group are empty on the target, durably; the chunks of its copy follow. */
    SINK_AFTER_COPY_BEGIN,
    /** The progress row is advanced and no row is written; the target's transaction is open. */
    SINK_AFTER_PROGRESS,
    /** A change is written whose referential actions are not; the target's transaction is open. */
    SINK_WITHIN_ACTIONS,
    /** All rows of a batch are written, the target's transaction is open. */
    SINK_BEFORE_COMMIT,
    /** A batch of changes is durable on the target. */
    SINK_AFTER_COMMIT,
    /** The stop of a table and what its partition holds back are written; the target's transaction is open. */
    SINK_BEFORE_STOP_COMMIT,
    /** A table is stopped, durably. */
    SINK_AFTER_STOP,
    /** The target knows that a stopped table is copied again; nothing is done yet. */
    RECOPY_AFTER_BEGIN,
    /** Capture publishes a stopped table again, and what is held back of it begins behind that; the copy has not begun. */
    RECOPY_AFTER_HOLD,
    /** The copy of a stopped table is complete on the target, and its replay has begun. */
    RECOPY_AFTER_END,
    /** The replay of a stopped table has begun, durably; nothing of it is applied. */
    REPLAY_AFTER_BEGIN,
    /** A part of what a partition holds back is written, the target's transaction is open. */
    REPLAY_BEFORE_COMMIT,
    /** A part of what a partition held back is applied, durably. */
    REPLAY_AFTER_COMMIT,
    /** The rest of what a partition holds back is written and its applier stands still; the target's transaction is open. */
    REPLAY_BEFORE_RELEASE,
    /** A partition's applier may apply a table again, durably. */
    REPLAY_AFTER_RELEASE,
    /** All chunks are on the target, the keys of some tables are built. */
    SINK_WITHIN_KEYS,
    /** All changes up to a fence past the last chunk are applied, the unique indexes of some tables are built. */
    SINK_WITHIN_INDEXES,
    /** Chunks that the target holds are deleted from the log. */
    PIPELINE_AFTER_CHUNKS_DELETED,
    /** The phase of the migration was written to the target. */
    PIPELINE_AFTER_PHASE,
    /** The target knows that the migration is being aborted; nothing is removed yet. */
    ABORT_AFTER_MARK,
    /** Open transactions are aborted and consumer groups are gone; the topics are there. */
    ABORT_WITHIN_LOG,
    /** Nothing of the migration is left in Kafka. */
    ABORT_AFTER_LOG,
    /** Nothing of the migration is left on the source. */
    ABORT_AFTER_SOURCE,
    /** The target's tables are dropped and emptied; the control schema knows the migration still. */
    ABORT_AFTER_TABLES,
    /** Nothing of the migration is left anywhere; nobody was told. */
    ABORT_AFTER_STATE
}
