package dev.crossfade.sink.control;

import dev.crossfade.sink.target.Names;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Schemas of the target that Crossfade made and may take away again. */
final class Schemas {
    private Schemas() {}

    /** Drops a schema in the caller's transaction if it is there, the account owns it and nothing is in it; else does nothing. */
    static void dropIfOursAndEmpty(Connection transaction, String schema) throws SQLException {
        try (PreparedStatement ask = transaction.prepareStatement("""
                select 1 from pg_catalog.pg_namespace n
                where n.nspname = ? and pg_has_role(n.nspowner, 'USAGE') and not exists (
                  select 1 from pg_catalog.pg_depend d
                  where d.refclassid = 'pg_catalog.pg_namespace'::regclass and d.refobjid = n.oid)""")) {
            ask.setString(1, schema);
            try (ResultSet answer = ask.executeQuery()) {
                if (!answer.next()) {
                    return;
                }
            }
        }
        try (Statement statement = transaction.createStatement()) {
            statement.execute("drop schema " + Names.quote(schema));
        }
    }
}
