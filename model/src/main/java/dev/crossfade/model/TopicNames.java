package dev.crossfade.model;

import java.util.List;

/**
 * Names of everything that a migration owns in Kafka.
 *
 * @param migration the migration's name
 */
public record TopicNames(String migration) {
    /** Changes as the source made them, by source key or order group; as many partitions as the rows. */
    public String changes() {
        return prefix() + "changes";
    }

    /** Target rows, by target key or order group; as many partitions as the changes. */
    public String rows() {
        return prefix() + "rows";
    }

    /** Chunk tasks and the seal of the chunk plan; one partition per reader. */
    public String tasks() {
        return prefix() + "tasks";
    }

    /** Chunks: batches of target rows with a closing record; one partition per reader, one more for the copies of order groups. */
    public String chunks() {
        return prefix() + "chunks";
    }

    /** Positions of change capture; one partition. */
    public String positions() {
        return prefix() + "positions";
    }

    /** Debezium's history of the source's DDL; one partition. */
    public String schemaHistory() {
        return prefix() + "schema-history";
    }

    /** Every topic above. */
    public List<String> all() {
        return List.of(changes(), rows(), tasks(), chunks(), positions(), schemaHistory());
    }

    /** Application id of Streams, which is its consumer group and the prefix of its own topics. */
    public String transformGroup() {
        return prefix() + "transform";
    }

    /** Consumer group of the chunk readers. */
    public String readerGroup() {
        return prefix() + "readers";
    }

    /** Consumer group in which Debezium reads its {@link #schemaHistory()} when a run goes on. */
    public String historyGroup() {
        return prefix() + "history";
    }

    /** Transactional id of change capture. */
    public String captureTransactionalId() {
        return prefix() + "capture";
    }

    /** Transactional id of the chunk planner. */
    public String plannerTransactionalId() {
        return prefix() + "planner";
    }

    /** Transactional id of the one that copies order groups. */
    public String copierTransactionalId() {
        return prefix() + "copier";
    }

    /** Transactional id of one chunk reader, from 0; also its partition of {@link #tasks()} and {@link #chunks()}. */
    public String readerTransactionalId(int reader) {
        return prefix() + "reader." + reader;
    }

    /** What every name above begins with. */
    public String prefix() {
        return "crossfade." + migration + ".";
    }
}
