package dev.crossfade.sink.control;

import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.sink.target.Names;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The contribution stores of a migration: tables in schema {@code crossfade} that hold every row of a source table whose rows may share
 * a key on the target. They belong to the migration's state and go with it. Any thread.
 */
public final class ContributionStores {
    private static final String PREFIX = "rows_";
    private static final int HASH_DIGITS = 12;

    private ContributionStores() {}

    /**
     * The store of a target table. Its name holds that of the migration, which has no underscore, so no other migration's begins like it.
     *
     * @param sourceKey the target's columns that the source's key fills, in its order
     */
    public static Table of(String migration, Table target, List<String> sourceKey) {
        String name = prefix(migration) + hash(target.id().toString());
        return new Table(new TableId(ControlSchema.NAME, name), target.columns(), sourceKey);
    }

    /** The statement that makes the index by which the rows that share a key of the target are found. */
    public static String createIndex(Table store, Table target) {
        return "create index on " + Names.quote(store.id()) + " (" + Names.list(target.key()) + ")";
    }

    /** The stores that a migration has, by name. */
    static List<TableId> of(Connection connection, String migration) throws SQLException {
        List<TableId> stores = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where n.nspname = ? and c.relkind = 'r' and starts_with(c.relname::text, ?) order by 1""")) {
            select.setString(1, ControlSchema.NAME);
            select.setString(2, prefix(migration));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    stores.add(new TableId(ControlSchema.NAME, row.getString(1)));
                }
            }
        }
        return stores;
    }

    /** Drops all stores of the migration, in the caller's transaction. */
    static void drop(Connection transaction, String migration) throws SQLException {
        List<TableId> stores = of(transaction, migration);
        try (Statement statement = transaction.createStatement()) {
            for (TableId store : stores) {
                statement.execute("drop table " + Names.quote(store));
            }
        }
    }

    private static String prefix(String migration) {
        return PREFIX + migration + "_";
    }

    private static String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, HASH_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
