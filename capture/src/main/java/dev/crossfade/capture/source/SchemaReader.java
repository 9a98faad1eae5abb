package dev.crossfade.capture.source;

import dev.crossfade.capture.source.SourceTypes.Description;
import dev.crossfade.model.Column;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.TableId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads what a database holds, with one query of information_schema per kind of thing, however many tables there are. */
public final class SchemaReader {
    private final InformationSchema catalogue;
    private final SourceServer server;
    private final String database;

    private SchemaReader(InformationSchema catalogue, SourceServer server) {
        this.catalogue = catalogue;
        this.server = server;
        this.database = catalogue.database();
    }

    /**
     * Reads the connection's current database.
     *
     * @throws MigrationException of kind SOURCE if the server fails
     */
    public static SourceSchema read(Connection connection) {
        try {
            SourceServer server = SourceServer.of(connection);
            // As the server spells it, whatever case the URL used.
            return new SchemaReader(new InformationSchema(connection, connection.getCatalog()), server).read();
        } catch (SQLException e) {
            throw new MigrationException(
                    ErrorKind.SOURCE,
                    "the source's tables cannot be listed: error " + e.getErrorCode() + ", SQLSTATE " + e.getSQLState()
                            + "; nothing was changed",
                    e);
        }
    }

    private SourceSchema read() throws SQLException {
        Map<String, TableBuilder> tables = new LinkedHashMap<>();
        readTables(tables);
        readColumns(tables, readJsonChecks());
        readIndexes(tables);
        List<SourceTable> described =
                tables.values().stream().map(TableBuilder::build).toList();
        return new SourceSchema(server, database, described, new ForeignKeyReader(catalogue, server).cascading());
    }

    private void readTables(Map<String, TableBuilder> tables) throws SQLException {
        catalogue.query("""
                select table_name, table_type, engine, table_rows, data_length from information_schema.tables
                where table_schema = ? and table_type in ('BASE TABLE', 'SYSTEM VERSIONED') order by table_name""", row -> {
            String name = row.getString(1);
            if (!name.equals(MarkerTable.NAME)) {
                tables.put(
                        name,
                        new TableBuilder(
                                new TableId(database, name),
                                row.getString(2).equals("SYSTEM VERSIONED"),
                                String.valueOf(row.getString(3)),
                                row.getLong(4),
                                row.getLong(5)));
            }
        });
    }

    /** MariaDB's JSON is a LONGTEXT whose CHECK is json_valid of itself; names of such columns by table. */
    private Map<String, Set<String>> readJsonChecks() throws SQLException {
        Map<String, Set<String>> columns = new HashMap<>();
        if (server.product() == SourceProduct.MARIADB) {
            catalogue.query(
                    """
                    select table_name, check_clause from information_schema.check_constraints
                    where constraint_schema = ? and check_clause like 'json\\_valid(%'""",
                    row -> jsonColumn(row.getString(2))
                            .ifPresent(column -> columns.computeIfAbsent(getString(row, 1), t -> new HashSet<>())
                                    .add(column)));
        }
        return columns;
    }

    private static Optional<String> jsonColumn(String clause) {
        String start = "json_valid(`";
        String end = "`)";
        if (clause.toLowerCase(Locale.ROOT).startsWith(start) && clause.endsWith(end)) {
            String quoted = clause.substring(start.length(), clause.length() - end.length());
            String name = quoted.replace("``", "`");
            if (Identifiers.quote(name).equals("`" + quoted + "`")) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    private void readColumns(Map<String, TableBuilder> tables, Map<String, Set<String>> jsonColumns)
            throws SQLException {
        catalogue.query("""
                select table_name, column_name, lower(data_type), column_type, is_nullable, character_maximum_length,
                       numeric_precision, numeric_scale, datetime_precision, character_set_name, collation_name, extra
                from information_schema.columns where table_schema = ? order by table_name, ordinal_position""", row -> {
            TableBuilder table = tables.get(row.getString(1));
            if (table != null) {
                boolean json =
                        jsonColumns.getOrDefault(row.getString(1), Set.of()).contains(row.getString(2));
                addColumn(table, row, json);
            }
        });
    }

    private void addColumn(TableBuilder table, ResultSet row, boolean json) throws SQLException {
        String name = row.getString(2);
        String declaration = row.getString(4);
        String extra = String.valueOf(row.getString(12)).toUpperCase(Locale.ROOT);
        Description type = new Description(
                row.getString(3), declaration, row.getLong(6), row.getInt(7), row.getInt(8), row.getInt(9));
        Optional<LogicalType> meaning = json && type.dataType().equals("longtext")
                ? Optional.of(LogicalType.of(Kind.JSON))
                : SourceTypes.logicalType(type);
        if (meaning.isEmpty()) {
            table.refused.add(new RefusedColumn(
                    name, declaration, "is of type " + declaration + ", which this release does not carry"));
            return;
        }
        table.columns.add(new SourceColumn(
                new Column(name, meaning.get(), row.getString(5).equals("YES"), declaration),
                type.dataType(),
                type.unsigned(),
                Optional.ofNullable(row.getString(10)),
                Optional.ofNullable(row.getString(11)),
                extra.contains("GENERATED") && !extra.contains("DEFAULT_GENERATED"),
                SourceTypes.labels(type)));
    }

    private void readIndexes(Map<String, TableBuilder> tables) throws SQLException {
        catalogue.query("""
                select table_name, index_name, non_unique, column_name, sub_part from information_schema.statistics
                where table_schema = ? order by table_name, index_name, seq_in_index""", row -> {
            TableBuilder table = tables.get(row.getString(1));
            if (table != null) {
                table.addIndexPart(
                        row.getString(2),
                        row.getInt(3) == 0,
                        Optional.ofNullable(row.getString(4)),
                        row.getLong(5) != 0);
            }
        });
    }

    private static String getString(ResultSet row, int column) {
        try {
            return row.getString(column);
        } catch (SQLException e) {
            throw new IllegalStateException("column " + column + " of information_schema cannot be read", e);
        }
    }
}
