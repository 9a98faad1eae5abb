package dev.crossfade.capture.change;

import dev.crossfade.capture.source.Identifiers;
import dev.crossfade.capture.source.SourceProduct;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.Problem;
import dev.crossfade.model.TableId;
import io.debezium.connector.mariadb.antlr.MariaDbAntlrDdlParser;
import io.debezium.connector.mariadb.charset.MariaDbCharsetRegistry;
import io.debezium.connector.mysql.antlr.MySqlAntlrDdlParser;
import io.debezium.connector.mysql.charset.MySqlCharsetRegistry;
import io.debezium.relational.Tables;
import io.debezium.relational.ddl.DdlParser;
import io.debezium.text.ParsingException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Tries, before anything is written, whether the log's reader understands the tables' definitions. It parses each captured table
 * whole, so a column that the mapping drops must be understood too: Debezium 3.5 does not know INET4, INET6 and some newer types.
 */
public final class DefinitionCheck {
    private static final int SHOWN = 60; // characters of the definition before the place that is not understood

    private DefinitionCheck() {}

    /** A problem for each table that could not be captured; empty if all can. */
    public static List<Problem> problems(Connection connection, SourceProduct product, Collection<TableId> tables)
            throws SQLException {
        List<Problem> problems = new ArrayList<>();
        for (TableId table : tables) {
            unreadable(product, table, definition(connection, table))
                    .ifPresent(near -> problems.add(new Problem(
                            ErrorKind.SOURCE,
                            "UNREADABLE-DEFINITION",
                            "table " + table,
                            "has a definition that the reader of the log does not understand, near: " + near,
                            "")));
        }
        return problems;
    }

    private static String definition(Connection connection, TableId table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show create table " + Identifiers.quote(table))) {
            row.next();
            return row.getString(2);
        }
    }

    static Optional<String> unreadable(SourceProduct product, TableId table, String definition) {
        DdlParser parser = parser(product, table.schema());
        Tables parsed = new Tables();
        try {
            parser.parse(definition, parsed);
        } catch (ParsingException e) {
            return Optional.of(place(definition, e));
        }
        boolean isFound =
                parsed.forTable(new io.debezium.relational.TableId(table.schema(), null, table.name())) != null;
        return isFound ? Optional.empty() : Optional.of("its name");
    }

    /** Whether the log's reader understands a statement that is neither a change of rows nor the end of a transaction. */
    static boolean isReadable(SourceProduct product, String schema, String statement) {
        try {
            parser(product, schema).parse(statement, new Tables());
            return true;
        } catch (ParsingException e) {
            return false;
        }
    }

    private static DdlParser parser(SourceProduct product, String schema) {
        DdlParser parser =
                switch (product) {
                    case MARIADB ->
                        new MariaDbAntlrDdlParser(
                                true, false, false, Tables.TableFilter.includeAll(), new MariaDbCharsetRegistry());
                    case MYSQL ->
                        new MySqlAntlrDdlParser(
                                true, false, false, Tables.TableFilter.includeAll(), new MySqlCharsetRegistry());
                };
        parser.setCurrentDatabase(schema);
        return parser;
    }

    private static String place(String definition, ParsingException e) {
        String[] lines = definition.split("\n", -1);
        int line = e.getPosition() == null ? 0 : e.getPosition().line() - 1;
        if (line < 0 || line >= lines.length) {
            return "an unknown place";
        }
        String text = lines[line].strip();
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
