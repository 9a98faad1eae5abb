package dev.crossfade.verify;

import dev.crossfade.model.Column;
import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.Secret;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.testkit.MariaDbServer;
import dev.crossfade.testkit.PostgresServer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A MariaDB with a database {@code legacy} and a PostgreSQL with a database {@code fresh}, and plans between them. */
final class Sides implements AutoCloseable {
    static final String SOURCE_DATABASE = "legacy";
    static final String TARGET_DATABASE = "fresh";
    private static final String HASH = "ab".repeat(32);

    final MariaDbServer source;
    final PostgresServer target;

    private Sides(MariaDbServer source, PostgresServer target) {
        this.source = source;
        this.target = target;
    }

    static Sides start() {
        MariaDbServer source = MariaDbServer.start();
        PostgresServer target = PostgresServer.start();
        source.createDatabase(SOURCE_DATABASE);
        target.createDatabase(TARGET_DATABASE);
        return new Sides(source, target);
    }

    void onSource(String... statements) {
        source.execute(SOURCE_DATABASE, statements);
    }

    void onTarget(String... statements) {
        target.execute(TARGET_DATABASE, statements);
    }

    DatabaseAccess sourceAccess() {
        return new DatabaseAccess(source.jdbcUrl(SOURCE_DATABASE), source.user(), new Secret(source.password()));
    }

    DatabaseAccess targetAccess() {
        return new DatabaseAccess(target.jdbcUrl(TARGET_DATABASE), target.user(), new Secret(target.password()));
    }

    ParityReport verify(TablePlan... tables) {
        return verify(VerificationRequest.of(plan(tables), sourceAccess(), targetAccess()));
    }

    static ParityReport verify(VerificationRequest request) {
        return new Verifier(Clock.systemUTC()).verify(request, new StandingStill());
    }

    static MigrationPlan plan(TablePlan... tables) {
        return new MigrationPlan("shop", HASH, List.of(tables));
    }

    /** A table of one name and the same columns on both sides. */
    static TablePlan table(String name, List<String> key, Map<String, LogicalType> types) {
        List<Column> columns = new ArrayList<>();
        types.forEach((column, type) -> columns.add(new Column(column, type, !key.contains(column), type.toString())));
        return new TablePlan(
                new Table(new TableId(SOURCE_DATABASE, name), columns, key),
                new Table(new TableId("public", name), columns, key),
                List.copyOf(types.keySet()));
    }

    /** A map that keeps the order given: {@code name, type, name, type}. */
    static Map<String, LogicalType> columns(Object... namesAndTypes) {
        Map<String, LogicalType> columns = new LinkedHashMap<>();
        for (int i = 0; i < namesAndTypes.length; i += 2) {
            columns.put((String) namesAndTypes[i], (LogicalType) namesAndTypes[i + 1]);
        }
        return columns;
    }

    @Override
    public void close() {
        try (source;
                target) {
            // Both are closed, also if one fails.
        }
    }
}
