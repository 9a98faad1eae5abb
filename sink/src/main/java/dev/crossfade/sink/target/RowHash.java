package dev.crossfade.sink.target;

import dev.crossfade.model.Column;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A number that equal rows of a table without a primary key share, and the index on it by which they are found: without it the
 * target would read the whole table for every batch that deletes. The index decides nothing, it narrows down. An account that does
 * not own the table goes without.
 */
public final class RowHash {
    private static final String NAME_PREFIX = "crossfade_rows_";
    private static final int NAME_DIGITS = 16;

    private RowHash() {}

    /**
     * The number as SQL: a hash of each value, all of them joined by exclusive or. PostgreSQL's hash functions of each type give
     * what is equal for the type one number, so all the more what has one text.
     *
     * @param values SQL for the value of each of the table's columns, in their order
     */
    public static String of(Table table, List<String> values) {
        List<String> hashes = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            hashes.add("coalesce(" + hash(table.columns().get(i), values.get(i), i) + ", " + i + ")");
        }
        return String.join(" # ", hashes);
    }

    /** Immutable in every version of PostgreSQL; each column has a seed of its own, so that equal values do not cancel out. */
    private static String hash(Column column, String value, int seed) {
        String call =
                switch (column.type().kind()) {
                    case BOOL -> "hashint4extended(" + value + "::int4";
                    case INT8, INT16, YEAR -> "hashint2extended(" + value;
                    case INT32 -> "hashint4extended(" + value;
                    case INT64 -> "hashint8extended(" + value;
                    case UINT64, DECIMAL -> "hash_numeric_extended(" + value;
                    case FLOAT32 -> "hashfloat4extended(" + value;
                    case FLOAT64 -> "hashfloat8extended(" + value;
                    case TEXT, ENUM, SET -> "hashtextextended(" + value + " collate \"C\"";
                    case BYTES -> "hashtextextended(encode(" + value + ", 'hex') collate \"C\"";
                    case DATE -> "hashint4extended(" + value + " - '2000-01-01'::date";
                    case TIME -> "time_hash_extended(" + value;
                    case DURATION -> "interval_hash_extended(" + value;
                    case TIMESTAMP -> "timestamp_hash_extended(" + value;
                    case INSTANT -> "timestamp_hash_extended(" + value + " at time zone 'UTC'";
                    case BIT -> "hashint8extended(" + value + "::int8";
                    case JSON -> "jsonb_hash_extended(" + value;
                };
        return call + ", " + seed + ")";
    }

    /** The statement that makes the index. */
    public static String createIndex(Table table) {
        List<String> columns = table.columns().stream()
                .map(column -> Names.quote(column.name()))
                .toList();
        return "create index " + name(table.id()) + " on " + Names.quote(table.id()) + " ((" + of(table, columns)
                + "))";
    }

    /** The statement that removes the index of a table, if it is there. */
    public static String dropIndex(TableId table) {
        return "drop index if exists " + Names.quote(table.schema()) + "." + name(table);
    }

    /** A name that fits whatever the table is called: an index's name is the schema's, and is at most 63 bytes long. */
    private static String name(TableId table) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(table.name().getBytes(StandardCharsets.UTF_8));
            return NAME_PREFIX + HexFormat.of().formatHex(hash).substring(0, NAME_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Whether the table, which is there, lacks the index, and the account may make it. */
    public static boolean isWanted(Connection connection, Table table) throws SQLException {
        try (PreparedStatement ask = connection.prepareStatement("""
                select pg_has_role(c.relowner, 'USAGE') and not exists (
                  select 1 from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid
                  where i.indrelid = c.oid and i.indisvalid and x.relname = ?)
                from pg_catalog.pg_class c where c.oid = ?::regclass""")) {
            ask.setString(1, name(table.id()));
            ask.setString(2, Names.quote(table.id()));
            try (ResultSet answer = ask.executeQuery()) {
                answer.next();
                return answer.getBoolean(1);
            }
        }
    }
}
