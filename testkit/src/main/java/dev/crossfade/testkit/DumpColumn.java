package dev.crossfade.testkit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A column as the oracle reads it.
 *
 * @param expression SQL that yields the value as the text that {@link CanonicalForm#ofText} takes
 * @param declaration the type as its engine declares it, such as {@code int(10) unsigned}
 * @param charset the engine's name of the character set, empty where there is none
 */
record DumpColumn(String name, CanonicalForm form, String expression, String declaration, String charset) {

    DumpColumn withForm(CanonicalForm other) {
        return new DumpColumn(name, other, expression, declaration, charset);
    }

    /** The columns of a table in their own order. */
    static List<DumpColumn> of(Connection connection, String schema, String table) throws SQLException {
        return isPostgres(connection) ? ofPostgres(connection, schema, table) : ofMariaDb(connection, schema, table);
    }

    /** Columns of the primary key, in key order. */
    static List<String> key(Connection connection, String schema, String table) throws SQLException {
        String sql = """
                SELECT k.column_name
                FROM information_schema.key_column_usage k
                JOIN information_schema.table_constraints c
                  ON c.constraint_schema = k.constraint_schema AND c.constraint_name = k.constraint_name
                 AND c.table_schema = k.table_schema AND c.table_name = k.table_name
                WHERE c.constraint_type = 'PRIMARY KEY' AND k.table_schema = ? AND k.table_name = ?
                ORDER BY k.ordinal_position
                """;
        List<String> names = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
        }
        return names;
    }

    static boolean isPostgres(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
    }

    static String quoted(Connection connection, String name) throws SQLException {
        return isPostgres(connection) ? "\"" + name.replace("\"", "\"\"") + "\"" : "`" + name.replace("`", "``") + "`";
    }

    private static List<DumpColumn> ofMariaDb(Connection connection, String schema, String table) throws SQLException {
        Set<String> json = jsonColumns(connection, schema, table);
        String sql = """
                SELECT column_name, data_type, column_type, character_set_name
                FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position
                """;
        List<DumpColumn> columns = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String name = rows.getString(1);
                    String declaration = rows.getString(3).toLowerCase(Locale.ROOT);
                    String charset = rows.getString(4);
                    CanonicalForm form = json.contains(name)
                            ? CanonicalForm.JSON
                            : mariaDbForm(rows.getString(2).toLowerCase(Locale.ROOT));
                    String expression = mariaDbExpression(form, declaration, quoted(connection, name));
                    columns.add(
                            new DumpColumn(name, form, expression, rows.getString(3), charset == null ? "" : charset));
                }
            }
        }
        return columns;
    }

    /** MariaDB's JSON is a longtext with a check; others have a type. */
    private static Set<String> jsonColumns(Connection connection, String schema, String table) throws SQLException {
        Set<String> names = new HashSet<>();
        if (!connection.getMetaData().getDatabaseProductName().equals("MariaDB")) {
            return names;
        }
        String sql = """
                SELECT col.column_name
                FROM information_schema.check_constraints chk
                JOIN information_schema.columns col
                  ON col.table_schema = chk.constraint_schema AND col.table_name = chk.table_name
                 AND lower(chk.check_clause) = lower(concat('json_valid(`', col.column_name, '`)'))
                WHERE chk.constraint_schema = ? AND chk.table_name = ?
                """;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
        }
        return names;
    }

    private static CanonicalForm mariaDbForm(String type) {
        return switch (type) {
            case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "year" -> CanonicalForm.NUMBER;
            case "float" -> CanonicalForm.FLOAT32;
            case "double" -> CanonicalForm.FLOAT64;
            case "bit" -> CanonicalForm.BITS;
            case "date" -> CanonicalForm.DATE;
            case "datetime" -> CanonicalForm.TIMESTAMP;
            case "timestamp" -> CanonicalForm.INSTANT;
            case "time" -> CanonicalForm.DURATION;
            case "json" -> CanonicalForm.JSON;
            case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> CanonicalForm.BYTES;
            case "geometry",
                    "point",
                    "linestring",
                    "polygon",
                    "multipoint",
                    "multilinestring",
                    "multipolygon",
                    "geometrycollection" -> CanonicalForm.BYTES;
            default -> CanonicalForm.TEXT;
        };
    }

    private static String mariaDbExpression(CanonicalForm form, String declaration, String column) {
        return switch (form) {
            case NUMBER ->
                declaration.startsWith("year") ? "CAST(" + column + " + 0 AS CHAR)" : "CAST(" + column + " AS CHAR)";
            case BITS -> "CAST(" + column + " + 0 AS CHAR)";
            // As itself a FLOAT shows six digits.
            case FLOAT32 -> "CAST(CAST(" + column + " AS DOUBLE) AS CHAR)";
            case FLOAT64, DATE, TIMESTAMP, INSTANT, DURATION -> "CAST(" + column + " AS CHAR)";
            case BYTES -> "HEX(" + column + ")";
            case TEXT, JSON -> column;
        };
    }

    private static List<DumpColumn> ofPostgres(Connection connection, String schema, String table) throws SQLException {
        String sql = """
                SELECT a.attname, t.typname, format_type(a.atttypid, a.atttypmod)
                FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped
                ORDER BY a.attnum
                """;
        List<DumpColumn> columns = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String name = rows.getString(1);
                    CanonicalForm form = postgresForm(rows.getString(2));
                    String expression = postgresExpression(form, rows.getString(2), quoted(connection, name));
                    columns.add(new DumpColumn(name, form, expression, rows.getString(3), ""));
                }
            }
        }
        return columns;
    }

    private static CanonicalForm postgresForm(String type) {
        return switch (type) {
            case "int2", "int4", "int8", "numeric", "bool" -> CanonicalForm.NUMBER;
            case "float4" -> CanonicalForm.FLOAT32;
            case "float8" -> CanonicalForm.FLOAT64;
            case "bit", "varbit" -> CanonicalForm.BITS;
            case "date" -> CanonicalForm.DATE;
            case "timestamp" -> CanonicalForm.TIMESTAMP;
            case "timestamptz" -> CanonicalForm.INSTANT;
            case "interval", "time" -> CanonicalForm.DURATION;
            case "json", "jsonb" -> CanonicalForm.JSON;
            case "bytea" -> CanonicalForm.BYTES;
            default -> CanonicalForm.TEXT;
        };
    }

    private static String postgresExpression(CanonicalForm form, String type, String column) {
        return switch (form) {
            case NUMBER -> type.equals("bool") ? column + "::int::text" : column + "::text";
            case BITS -> "'b' || " + column + "::text";
            case TIMESTAMP -> "to_char(" + column + ", 'YYYY-MM-DD HH24:MI:SS.US')";
            case INSTANT -> "to_char(" + column + " AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')";
            case DATE -> "to_char(" + column + ", 'YYYY-MM-DD')";
            // Days and months must be absent: then hours, minutes and seconds are all there is.
            case DURATION ->
                "CASE WHEN " + column + " IS NOT NULL THEN (CASE WHEN extract(epoch FROM " + column
                        + ") < 0 THEN '-' ELSE '' END) || '0:0:' || abs(extract(epoch FROM " + column + "))::text END";
            case BYTES -> "encode(" + column + ", 'hex')";
            case FLOAT32, FLOAT64, TEXT, JSON -> column + "::text";
        };
    }

    /** Settings that decide how values look as text. */
    static void prepareSession(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (isPostgres(connection)) {
                statement.execute("SET extra_float_digits = 1");
            } else {
                statement.execute("SET time_zone = '+00:00'");
            }
        }
    }
}
