package dev.crossfade.capture.change;

import dev.crossfade.capture.change.SourceStatement.Kind;
import dev.crossfade.model.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code ALTER TABLE} for what it does to rows. A clause that is not known counts as one that gives the table another form.
 *
 * @see <a href="https://mariadb.com/kb/en/alter-table/">MariaDB, ALTER TABLE</a>
 * @see <a href="https://dev.mysql.com/doc/refman/8.4/en/alter-table.html">MySQL 8.4, ALTER TABLE</a>
 */
final class AlterStatement {
    /** First words of clauses that leave every value as it is. */
    private static final Set<String> HARMLESS = Set.of(
            "ALGORITHM",
            "ANALYZE",
            "AUTOEXTEND_SIZE",
            "AUTO_INCREMENT",
            "AVG_ROW_LENGTH",
            "CHARACTER",
            "CHARSET",
            "CHECK",
            "CHECKSUM",
            "COALESCE",
            "COLLATE",
            "COMMENT",
            "COMPRESSION",
            "DEFAULT",
            "DELAY_KEY_WRITE",
            "DISABLE",
            "ENABLE",
            "ENGINE",
            "ENGINE_ATTRIBUTE",
            "FORCE",
            "INSERT_METHOD",
            "KEY_BLOCK_SIZE",
            "LOCK",
            "MAX_ROWS",
            "MIN_ROWS",
            "OPTIMIZE",
            "ORDER",
            "PACK_KEYS",
            "PAGE_CHECKSUM",
            "PARTITION",
            "REBUILD",
            "REMOVE",
            "REORGANIZE",
            "REPAIR",
            "ROW_FORMAT",
            "STATS_AUTO_RECALC",
            "STATS_PERSISTENT",
            "STATS_SAMPLE_PAGES",
            "TRANSACTIONAL",
            "WITH",
            "WITHOUT");

    private static final Set<String> INDEXES =
            Set.of("INDEX", "KEY", "UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR", "CHECK");

    private AlterStatement() {}

    /** Reads what stands behind {@code ALTER}. */
    static SourceStatement read(StatementText text, String schema) {
        text.passes("ONLINE");
        boolean losesRows = text.passes("IGNORE"); // duplicates of a new unique index
        if (!text.passes("TABLE")) {
            return SourceStatement.of(Kind.HARMLESS, List.of());
        }
        text.passes("IF", "EXISTS");
        List<TableId> tables = new ArrayList<>();
        SourceStatement.table(text, schema).ifPresent(tables::add);
        text.passes("NOWAIT");
        if (text.passes("WAIT")) {
            text.pass();
        }
        Kind worst = losesRows ? Kind.ALTERED : Kind.HARMLESS;
        boolean isOfPartitions = false;
        while (!text.isAtEnd() && !isOfPartitions) {
            StatementText clause = text.upTo(",");
            String verb = clause.word().orElse("");
            isOfPartitions = clause.isAt("PARTITION"); // then there is no other clause, and names may follow
            Kind kind = clause(verb, clause, schema, tables);
            worst = kind.compareTo(worst) > 0 ? kind : worst;
        }
        return SourceStatement.of(worst, tables);
    }

    private static Kind clause(String verb, StatementText clause, String schema, List<TableId> tables) {
        return switch (verb) {
            case "ADD" -> add(clause);
            case "DROP" -> drop(clause);
            case "ALTER" -> Kind.HARMLESS; // defaults and visibility
            case "RENAME" -> rename(clause, schema, tables);
            case "TRUNCATE" -> Kind.PARTITION;
            case "EXCHANGE" -> partition(clause, schema, tables);
            case "CONVERT" -> clause.isAt("TO") ? Kind.ALTERED : partition(clause, schema, tables);
            default -> HARMLESS.contains(verb) ? Kind.HARMLESS : Kind.ALTERED; // MODIFY, CHANGE, IMPORT, ...
        };
    }

    private static Kind add(StatementText clause) {
        if (clause.passes("CONSTRAINT")) {
            clause.passes("IF", "NOT", "EXISTS");
            if (!clause.isAt("UNIQUE") && !clause.isAt("CHECK") && !clause.isAt("PRIMARY") && !clause.isAt("FOREIGN")) {
                clause.pass(); // its name
            }
        }
        if (clause.passes("FOREIGN")) {
            return foreignKey(clause);
        }
        boolean isIndex = INDEXES.stream().anyMatch(clause::isAt) || clause.isAt("PARTITION");
        return isIndex ? Kind.HARMLESS : Kind.ALTERED;
    }

    /** A foreign key with an action changes rows that the log does not have. */
    private static Kind foreignKey(StatementText clause) {
        while (!clause.isAtEnd()) {
            if ((clause.passes("ON", "DELETE") || clause.passes("ON", "UPDATE"))
                    && (clause.isAt("CASCADE") || clause.isAt("SET"))) {
                return Kind.ALTERED;
            }
            clause.pass();
        }
        return Kind.HARMLESS;
    }

    private static Kind drop(StatementText clause) {
        if (clause.isAt("FOREIGN") || clause.isAt("CONSTRAINT")) {
            return Kind.CONSTRAINT;
        }
        if (clause.isAt("PARTITION")) {
            return Kind.PARTITION;
        }
        return clause.isAt("INDEX") || clause.isAt("KEY") || clause.isAt("CHECK") ? Kind.HARMLESS : Kind.ALTERED;
    }

    private static Kind rename(StatementText clause, String schema, List<TableId> tables) {
        if (clause.isAt("INDEX") || clause.isAt("KEY")) {
            return Kind.HARMLESS;
        }
        if (!clause.isAt("COLUMN")) {
            clause.passAll("TO", "AS", "=");
            SourceStatement.table(clause, schema).ifPresent(tables::add);
        }
        return Kind.ALTERED;
    }

    /** Rows that change places with another table. */
    private static Kind partition(StatementText clause, String schema, List<TableId> tables) {
        while (!clause.isAtEnd()) {
            if (clause.passes("TABLE")) {
                Optional<TableId> other = SourceStatement.table(clause, schema);
                other.ifPresent(tables::add);
            } else {
                clause.pass();
            }
        }
        return Kind.PARTITION;
    }
}
