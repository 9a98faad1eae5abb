package dev.crossfade.capture.source;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.Problem;
import dev.crossfade.model.TableId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Collects what information_schema says about one table, and judges it at the end. */
final class TableBuilder {
    /** Engines whose reads and log agree: a statement sees one committed state. */
    private static final Set<String> TRANSACTIONAL = Set.of("InnoDB", "ROCKSDB", "TokuDB");

    private static final String PRIMARY = "PRIMARY";

    private final TableId id;
    private final boolean systemVersioned;
    private final String engine;
    private final long estimatedRows;
    private final long dataBytes;
    final List<SourceColumn> columns = new ArrayList<>();
    final List<RefusedColumn> refused = new ArrayList<>();
    private final Map<String, List<String>> indexColumns = new LinkedHashMap<>();
    private final Map<String, Boolean> indexUnique = new LinkedHashMap<>();
    private final Map<String, Boolean> indexWhole = new LinkedHashMap<>();
    private final Map<String, Boolean> indexColumnsOnly = new LinkedHashMap<>();

    TableBuilder(TableId id, boolean systemVersioned, String engine, long estimatedRows, long dataBytes) {
        this.id = id;
        this.systemVersioned = systemVersioned;
        this.engine = engine;
        this.estimatedRows = estimatedRows;
        this.dataBytes = dataBytes;
    }

    /** Adds the next part of an index; an expression has no column. */
    void addIndexPart(String index, boolean unique, Optional<String> column, boolean prefix) {
        List<String> parts = indexColumns.computeIfAbsent(index, name -> new ArrayList<>());
        column.ifPresent(parts::add);
        indexUnique.put(index, unique);
        indexWhole.merge(index, column.isPresent() && !prefix, Boolean::logicalAnd);
        indexColumnsOnly.merge(index, column.isPresent(), Boolean::logicalAnd);
    }

    SourceTable build() {
        List<Problem> problems = new ArrayList<>();
        List<String> key = indexColumns.getOrDefault(PRIMARY, List.of());
        if (systemVersioned) {
            problems.add(problem(
                    "SYSTEM-VERSIONED",
                    "is system-versioned: its log holds history rows as if they were inserted; this release cannot move it",
                    "ALTER TABLE " + Identifiers.quote(id) + " DROP SYSTEM VERSIONING"));
        }
        if (!TRANSACTIONAL.contains(engine)) {
            problems.add(problem(
                    "NON-TRANSACTIONAL",
                    "is of engine " + engine + ", must be of a transactional one: snapshots do not hold for it",
                    "ALTER TABLE " + Identifiers.quote(id) + " ENGINE=InnoDB"));
        }
        if (columns.isEmpty()) {
            problems.add(problem("NO-COLUMNS", "has no column that can be carried", ""));
        }
        for (SourceColumn column : columns) {
            LogicalType.Kind kind = column.column().type().kind();
            if (key.contains(column.name()) && (kind == LogicalType.Kind.FLOAT32 || kind == LogicalType.Kind.FLOAT64)) {
                // 0.0 and -0.0 are two keys by their bytes and one for PostgreSQL.
                problems.add(problem(
                        "KEY-TYPE",
                        "has a primary key whose column " + column.name() + " is a floating-point number, which cannot"
                                + " identify rows on both sides",
                        ""));
            }
        }
        for (RefusedColumn column : refused) {
            if (key.contains(column.name())) {
                problems.add(problem(
                        "KEY-TYPE", "has a primary key whose column " + column.name() + " " + column.reason(), ""));
                key = List.of();
            }
        }
        List<SourceIndex> indexes = indexColumns.keySet().stream()
                .filter(name -> !name.equals(PRIMARY))
                .map(name -> new SourceIndex(
                        name,
                        indexUnique.getOrDefault(name, false),
                        indexColumns.getOrDefault(name, List.of()),
                        indexWhole.getOrDefault(name, false),
                        indexColumnsOnly.getOrDefault(name, false)))
                .toList();
        return new SourceTable(
                id,
                engine,
                columns,
                refused,
                key,
                !indexWhole.getOrDefault(PRIMARY, true),
                indexes,
                estimatedRows,
                dataBytes,
                problems);
    }

    private Problem problem(String code, String seen, String remedy) {
        return new Problem(ErrorKind.SOURCE, code, "table " + id, seen, remedy);
    }
}
