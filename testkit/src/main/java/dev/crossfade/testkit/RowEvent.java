package dev.crossfade.testkit;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * One row of one row event in the binlog. Values are canonical texts as in {@link DatabaseDump#rows}.
 *
 * @param gtid the transaction's own GTID; empty where the server has none
 * @param file the log file of the transaction's beginning
 * @param offset where the transaction begins in that file
 * @param row rows of the transaction up to and with this one, over all tables, from 1
 * @param key values of the primary key, before the change where there is a before; empty without a key
 * @param before all columns in the table's order; empty for INSERT
 * @param after all columns in the table's order; empty for DELETE
 */
public record RowEvent(
        String table,
        Kind kind,
        String gtid,
        String file,
        long offset,
        long row,
        List<String> key,
        List<String> keyAfter,
        List<String> before,
        List<String> after) {
    public RowEvent {
        requireNonNull(table, "table");
        requireNonNull(kind, "kind");
        requireNonNull(gtid, "gtid");
        requireNonNull(file, "file");
        key = List.copyOf(key);
        keyAfter = List.copyOf(keyAfter);
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    /** What happened to the row. */
    public enum Kind {
        INSERT,
        UPDATE,
        DELETE
    }

    /** An UPDATE that moves the row to another key; change topics hold a delete and a create for it. */
    public boolean isKeyChange() {
        return kind == Kind.UPDATE && !key.equals(keyAfter);
    }
}
