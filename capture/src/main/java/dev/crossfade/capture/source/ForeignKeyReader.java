package dev.crossfade.capture.source;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.TableId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a database's foreign keys. MariaDB tells an account that may only SELECT which columns a key has, but not what it does
 * ({@code referential_constraints} is empty for such an account in 11.4, {@code key_column_usage} is not): that stands in the table's
 * definition, which it may see.
 */
final class ForeignKeyReader {
    private static final String RULE = "(RESTRICT|CASCADE|SET NULL|NO ACTION|SET DEFAULT)";

    /** The end of the line of a key: behind its last column, only its actions follow. */
    private static final Pattern ACTIONS =
            Pattern.compile("\\)(?: ON DELETE " + RULE + ")?(?: ON UPDATE " + RULE + ")?,?$");

    private static final String DEFAULT_RULE = "RESTRICT";

    private final InformationSchema catalogue;
    private final SourceServer server;
    private final Map<KeyName, Actions> actions = new LinkedHashMap<>();
    private final Map<KeyName, TableId> parents = new LinkedHashMap<>();
    private final Map<KeyName, List<ColumnPair>> columns = new LinkedHashMap<>();

    ForeignKeyReader(InformationSchema catalogue, SourceServer server) {
        this.catalogue = catalogue;
        this.server = server;
    }

    /** A foreign key by its table and its own name, which is unique only together with the table on newer servers. */
    private record KeyName(String table, String constraint) {}

    /** A referring column and the one that it refers to. */
    private record ColumnPair(String child, String parent) {}

    /** What a key does when a row of its parent changes its key, or goes. */
    private record Actions(String onUpdate, String onDelete) {
        boolean changeRows() {
            return changesRows(onUpdate) || changesRows(onDelete);
        }

        private static boolean changesRows(String rule) {
            return !rule.equals("RESTRICT") && !rule.equals("NO ACTION");
        }
    }

    /**
     * Those whose actions change rows, by table and name.
     *
     * @throws MigrationException of kind SOURCE if the account cannot be told what a key does
     */
    List<CascadingKey> cascading() throws SQLException {
        readColumns();
        readActions();
        for (KeyName key : columns.keySet()) {
            if (!actions.containsKey(key)) {
                actions.put(key, defined(key));
            }
        }
        boolean logged = server.product() == SourceProduct.MYSQL && server.isAtLeast(9, 6);
        List<CascadingKey> keys = new ArrayList<>();
        actions.forEach((key, does) -> {
            if (does.changeRows()) {
                List<ColumnPair> pairs = columns.getOrDefault(key, List.of());
                keys.add(new CascadingKey(
                        key.constraint(),
                        new TableId(catalogue.database(), key.table()),
                        pairs.stream().map(ColumnPair::child).toList(),
                        parent(key),
                        pairs.stream().map(ColumnPair::parent).toList(),
                        does.onUpdate(),
                        does.onDelete(),
                        logged));
            }
        });
        return keys;
    }

    private void readActions() throws SQLException {
        catalogue.query("""
                select constraint_name, table_name, unique_constraint_schema, referenced_table_name, update_rule, delete_rule
                from information_schema.referential_constraints
                where constraint_schema = ? order by table_name, constraint_name""", row -> {
            KeyName key = new KeyName(row.getString(2), row.getString(1));
            actions.put(key, new Actions(row.getString(5), row.getString(6)));
            parents.put(key, new TableId(row.getString(3), row.getString(4)));
        });
    }

    /**
     * The columns of every foreign key, in the key's order. The one condition on the database is {@code table_schema = ?}: compared with
     * {@code constraint_schema} as well, MariaDB 11.4 opens the tables of all databases, as its EXPLAIN says.
     */
    private void readColumns() throws SQLException {
        catalogue.query("""
                select table_name, constraint_name, column_name, referenced_column_name, referenced_table_schema, referenced_table_name
                from information_schema.key_column_usage
                where table_schema = ? and referenced_table_name is not null
                order by table_name, constraint_name, ordinal_position""", row -> {
            KeyName key = new KeyName(row.getString(1), row.getString(2));
            columns.computeIfAbsent(key, name -> new ArrayList<>())
                    .add(new ColumnPair(row.getString(3), row.getString(4)));
            parents.put(key, new TableId(row.getString(5), row.getString(6)));
        });
    }

    private TableId parent(KeyName key) {
        TableId parent = parents.get(key);
        if (parent == null) {
            throw new IllegalStateException("foreign key " + key + " without a parent");
        }
        return parent;
    }

    private Actions defined(KeyName key) throws SQLException {
        return catalogue
                .definition(key.table())
                .lines()
                .filter(line -> isOf(line, key))
                .findFirst()
                .flatMap(ForeignKeyReader::actions)
                .orElseThrow(() -> new MigrationException(
                        ErrorKind.SOURCE,
                        "what foreign key " + key.constraint() + " of " + catalogue.database() + "." + key.table()
                                + " does to rows cannot be read with the account's privileges; nothing was changed. Hint: GRANT"
                                + " REFERENCES ON " + Identifiers.quote(catalogue.database()) + ".* to it"));
    }

    /** Names are quoted by the session's quote; the one of a key is not doubled within the name. */
    private static boolean isOf(String line, KeyName key) {
        String name = key.constraint();
        return List.of("`" + name + "`", Identifiers.quote(name), "\"" + name + "\"").stream()
                .anyMatch(quoted -> line.startsWith("  CONSTRAINT " + quoted + " FOREIGN KEY ("));
    }

    private static Optional<Actions> actions(String line) {
        Matcher end = ACTIONS.matcher(line);
        return end.find()
                ? Optional.of(new Actions(
                        Optional.ofNullable(end.group(2)).orElse(DEFAULT_RULE),
                        Optional.ofNullable(end.group(1)).orElse(DEFAULT_RULE)))
                : Optional.empty();
    }
}
