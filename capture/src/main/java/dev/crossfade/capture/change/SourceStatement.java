package dev.crossfade.capture.change;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a statement in the source's log does to the rows of tables without naming them row by row.
 *
 * @param kind what it does
 * @param tables the tables that it may do it to; more than it really does where that cannot be told
 * @param schemas schemas all of whose tables it may do it to
 * @param isAnywhere whether it may do it to any table of the server
 */
record SourceStatement(Kind kind, List<TableId> tables, Set<String> schemas, boolean isAnywhere) {
    SourceStatement {
        requireNonNull(kind, "kind");
        tables = List.copyOf(tables);
        schemas = Set.copyOf(schemas);
    }

    /** What a statement does; of several clauses the last one of these counts. */
    enum Kind {
        /** Nothing that the rows' own events do not tell. */
        HARMLESS,
        /** Begins, ends or marks a transaction. */
        TRANSACTION,
        /** Takes back what the transaction has logged. */
        ROLLBACK,
        /** Changes rows by itself: the log has the statement instead of the rows. */
        DATA,
        /** Takes away a constraint that may be a foreign key with an action. */
        CONSTRAINT,
        TRUNCATE,
        /** Takes away or brings rows by the partition. */
        PARTITION,
        /** The table gets another form, another name, or is gone; values may be written anew. */
        ALTERED
    }

    static SourceStatement of(Kind kind, List<TableId> tables) {
        return new SourceStatement(kind, tables, Set.of(), false);
    }

    private static final SourceStatement HARMLESS = of(Kind.HARMLESS, List.of());
    /** A change of rows of any table. */
    static final SourceStatement ANYWHERE = new SourceStatement(Kind.DATA, List.of(), Set.of(), true);

    /**
     * Reads a statement.
     *
     * @param schema the session's default schema; empty if it had none
     */
    static SourceStatement of(String sql, String schema) {
        StatementText text = StatementText.of(sql);
        if (text.passes("SET", "STATEMENT")) {
            text.upTo("FOR");
        }
        String verb = text.word().orElse("");
        return switch (verb) {
            case "INSERT", "REPLACE" -> data(inserted(text, schema));
            case "UPDATE" -> data(joined(text.passAll("LOW_PRIORITY", "IGNORE").upTo("SET"), schema));
            case "DELETE" -> data(deleted(text, schema));
            case "LOAD" -> data(loaded(text, schema));
            case "WITH" -> with(text, schema);
            case "SELECT", "DO", "CALL" -> ANYWHERE; // a function that changes rows
            case "BEGIN", "START", "COMMIT", "SAVEPOINT", "RELEASE", "XA" -> of(Kind.TRANSACTION, List.of());
            case "ROLLBACK" -> of(Kind.ROLLBACK, List.of());
            case "TRUNCATE" -> {
                text.passAll("TABLE");
                yield of(Kind.TRUNCATE, table(text, schema).stream().toList());
            }
            case "ALTER" -> AlterStatement.read(text, schema);
            case "RENAME" ->
                text.passes("TABLE") || text.passes("TABLES")
                        ? of(Kind.ALTERED, names(text, schema))
                        : HARMLESS; // RENAME USER
            case "DROP" -> drop(text, schema);
            case "CREATE" -> create(text, schema);
            default -> HARMLESS;
        };
    }

    private static SourceStatement data(List<TableId> tables) {
        return tables.isEmpty() ? ANYWHERE : of(Kind.DATA, tables);
    }

    private static List<TableId> inserted(StatementText text, String schema) {
        text.passAll("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", "INTO");
        return table(text, schema).stream().toList();
    }

    /** All tables of a join, of which one or more are changed. */
    private static List<TableId> joined(StatementText references, String schema) {
        List<TableId> tables = new ArrayList<>();
        boolean isExpected = true;
        while (!references.isAtEnd()) {
            Optional<TableId> table = isExpected ? table(references, schema) : Optional.empty();
            table.ifPresent(tables::add);
            if (table.isEmpty()) {
                isExpected = references.isAt(",")
                        || references.isAt("JOIN")
                        || references.isAt("STRAIGHT_JOIN")
                        || references.isAt("(");
                references.pass();
            } else {
                isExpected = false;
            }
        }
        return tables;
    }

    private static List<TableId> deleted(StatementText text, String schema) {
        text.passAll("LOW_PRIORITY", "QUICK", "IGNORE", "HISTORY");
        StatementText rest = text.upTo("WHERE");
        StatementText before = rest.upTo("FROM"); // names of DELETE a, b FROM ..., which may be aliases
        if (rest.isAtEnd()) {
            return joined(before, schema);
        }
        List<TableId> tables = new ArrayList<>(joined(rest.upTo("USING"), schema));
        tables.addAll(joined(rest, schema));
        return tables;
    }

    private static List<TableId> loaded(StatementText text, String schema) {
        text.upTo("INTO");
        return text.passes("TABLE") ? table(text, schema).stream().toList() : List.of();
    }

    /** The statement behind the common table expressions. */
    private static SourceStatement with(StatementText text, String schema) {
        while (!text.isAtEnd()) {
            if (text.passes("UPDATE")) {
                return data(joined(text.passAll("LOW_PRIORITY", "IGNORE").upTo("SET"), schema));
            }
            if (text.passes("DELETE")) {
                return data(deleted(text, schema));
            }
            text.pass();
        }
        return ANYWHERE;
    }

    private static SourceStatement drop(StatementText text, String schema) {
        if (text.passes("DATABASE") || text.passes("SCHEMA")) {
            text.passes("IF", "EXISTS");
            return new SourceStatement(
                    Kind.ALTERED, List.of(), text.name().map(Set::of).orElse(Set.of()), false);
        }
        if (!text.passes("TABLE") && !text.passes("TABLES")) {
            return HARMLESS; // a temporary table, an index, a view, ...
        }
        text.passes("IF", "EXISTS");
        return of(Kind.ALTERED, names(text, schema));
    }

    private static SourceStatement create(StatementText text, String schema) {
        // Without OR REPLACE there was no such table, or nothing happens.
        return text.passes("OR", "REPLACE", "TABLE")
                ? of(Kind.ALTERED, table(text, schema).stream().toList())
                : HARMLESS;
    }

    /** The tables of a list, whatever stands between them. */
    private static List<TableId> names(StatementText text, String schema) {
        List<TableId> tables = new ArrayList<>();
        while (!text.isAtEnd()) {
            table(text, schema).ifPresentOrElse(tables::add, text::pass);
        }
        return tables;
    }

    /** The table that is named next. */
    static Optional<TableId> table(StatementText text, String schema) {
        Optional<String> first = text.name();
        if (first.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> second = text.passes(".") ? text.name() : Optional.empty();
        String owner = second.isPresent() ? first.get() : schema;
        String name = second.orElse(first.get());
        return owner.isEmpty() || name.isEmpty() ? Optional.empty() : Optional.of(new TableId(owner, name));
    }
}
