package dev.crossfade.sink;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.Column;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.Table;
import dev.crossfade.model.TablePlan;
import dev.crossfade.model.UniqueIndex;
import dev.crossfade.sink.control.ContributionStores;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.control.TargetTable;
import dev.crossfade.sink.target.Connections;
import dev.crossfade.sink.target.Names;
import dev.crossfade.sink.target.PostgresTypes;
import dev.crossfade.sink.target.ReferenceIndexes;
import dev.crossfade.sink.target.RowHash;
import dev.crossfade.sink.target.UniqueIndexes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the target's tables: first without keys, so that chunks are copied fast, their primary keys once all chunks are there, and
 * other unique indexes once the changes have caught up.
 * Every step may be repeated; what is there already stays as it is. Any thread.
 */
public final class TargetSchema {
    private static final Logger log = LoggerFactory.getLogger(TargetSchema.class);
    private static final Duration RECONNECT_PATIENCE = Duration.ofMinutes(5);
    private static final int KEY_MEMORY_KIB = 128 << 10;

    private final Connections target;
    private final Faults faults;

    public TargetSchema(Connections target, Faults faults) {
        this.target = requireNonNull(target, "target");
        this.faults = requireNonNull(faults, "faults");
    }

    /** The statement that creates a table, without its primary key. */
    public static String createTable(Table table) {
        StringJoiner columns = new StringJoiner(",\n  ", "(\n  ", "\n)");
        for (Column column : table.columns()) {
            boolean notNull = !column.nullable() || table.key().contains(column.name());
            columns.add(Names.quote(column.name()) + " " + PostgresTypes.declaration(column.type())
                    + (notNull ? " not null" : ""));
        }
        return "create table if not exists " + Names.quote(table.id()) + " " + columns;
    }

    /** The statement that adds a table's primary key. */
    public static String addKey(Table table) {
        return "alter table " + Names.quote(table.id()) + " add primary key (" + Names.list(table.key()) + ")";
    }

    /**
     * Creates the schemas, tables and stores of the plan that are not there, and writes down which those were, in one transaction.
     *
     * @throws MigrationException of kind TARGET; nothing was created then
     */
    public void createTables(Epoch epoch, MigrationPlan plan) {
        Retrying.until(RECONNECT_PATIENCE, "create the tables of migration " + plan.migration(), () -> {
            try (Connection connection = target.open()) {
                connection.setAutoCommit(false);
                epoch.enter(connection);
                try (Statement statement = connection.createStatement()) {
                    for (TablePlan table : plan.tables()) {
                        Table wanted = table.target();
                        String schema = Names.quote(wanted.id().schema());
                        boolean createsSchema = isAbsent(connection, "select to_regnamespace(?) is null", schema);
                        if (createsSchema) {
                            statement.execute("create schema if not exists " + schema);
                        }
                        boolean creates =
                                isAbsent(connection, "select to_regclass(?) is null", Names.quote(wanted.id()));
                        if (creates) {
                            statement.execute(createTable(wanted));
                        }
                        if (table.store().isPresent()) {
                            statement.execute(createTable(table.written()));
                        }
                        TargetTable.record(connection, epoch.migration(), wanted.id(), creates, createsSchema);
                    }
                }
                connection.commit();
            }
        });
    }

    /**
     * Builds the primary keys, or what finds rows without one, and the indexes of referring columns that are not there, {@code parallelism} tables at a time, the
     * largest tables in no special order, each in a transaction of its own, and then gathers the tables' statistics. Interrupted or
     * repeated, it goes on with what is left.
     *
     * @throws MigrationException of kind TARGET for the first table that failed; the keys of others may be built
     */
    public void buildKeys(Epoch epoch, MigrationPlan plan, int parallelism) throws InterruptedException {
        ExecutorService builders = Executors.newFixedThreadPool(parallelism, task -> {
            Thread thread = new Thread(task, "key-builder");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<?>> running = new ArrayList<>();
            for (TablePlan table : plan.tables()) {
                running.add(builders.submit(() -> buildKeys(epoch, plan, table.target(), List.of())));
                table.store()
                        .ifPresent(store -> running.add(builders.submit(() -> buildKeys(
                                epoch, plan, store, List.of(ContributionStores.createIndex(store, table.target()))))));
            }
            for (Future<?> key : running) {
                key.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new CompletionException(e.getCause());
        } finally {
            builders.shutdownNow();
        }
    }

    /** The indexes {@code besides} are built together with the key. */
    private void buildKeys(Epoch epoch, MigrationPlan plan, Table table, List<String> besides) {
        Retrying.until(RECONNECT_PATIENCE, "build the primary key of " + table.id(), () -> {
            try (Connection connection = target.open()) {
                connection.setAutoCommit(false);
                epoch.enter(connection);
                try (Statement statement = connection.createStatement()) {
                    // A builder of the run before may still be at it: wait for it, then look.
                    statement.execute("lock table " + Names.quote(table.id()) + " in access exclusive mode");
                    useKeyMemory(statement);
                    if (!table.key().isEmpty() && isKeyAbsent(connection, table)) {
                        statement.execute(addKey(table));
                        for (String index : besides) {
                            statement.execute(index);
                        }
                    }
                    if (table.key().isEmpty() && RowHash.isWanted(connection, table)) {
                        statement.execute(RowHash.createIndex(table));
                    }
                    for (List<String> columns : ReferenceIndexes.missing(connection, plan, table)) {
                        statement.execute(ReferenceIndexes.create(table, columns));
                    }
                }
                connection.commit();
            }
        });
        log.atInfo().addKeyValue("table", table.id()).log("keys are there");
        faults.reached(FaultPoint.SINK_WITHIN_KEYS);
        Retrying.until(RECONNECT_PATIENCE, "analyze " + table.id(), () -> {
            try (Connection connection = target.open();
                    Statement statement = connection.createStatement()) {
                statement.execute("analyze " + Names.quote(table.id()));
            }
        });
    }

    /**
     * Builds the plan's unique indexes that are not there, one after the other, each in a transaction of its own; changes of the table
     * are not applied meanwhile. The tables must have been, at some moment after the last chunk, what the source was: a value that moved
     * from row to row before that may stand in both. Repeated, it goes on with what is left.
     *
     * @throws MigrationException of kind TARGET; those before it are built
     */
    public void buildUniqueIndexes(Epoch epoch, MigrationPlan plan) {
        for (UniqueIndex index : plan.uniqueIndexes()) {
            String name = "unique index " + index.name() + " of " + index.table();
            Retrying.until(RECONNECT_PATIENCE, "build " + name, () -> {
                try (Connection connection = target.open()) {
                    connection.setAutoCommit(false);
                    epoch.enter(connection);
                    try (Statement statement = connection.createStatement()) {
                        // Waits for a builder of the run before, and for appliers, but not for readers.
                        statement.execute("lock table " + Names.quote(index.table()) + " in share row exclusive mode");
                        if (!UniqueIndexes.isThere(connection, index)) {
                            useKeyMemory(statement);
                            UniqueIndexes.build(statement, plan.migration(), index);
                        }
                    }
                    connection.commit();
                }
            });
            log.atInfo().addKeyValue("index", index.name()).log("unique index is there");
            faults.reached(FaultPoint.SINK_WITHIN_INDEXES);
        }
    }

    private static void useKeyMemory(Statement statement) throws SQLException {
        statement.execute("""
                select set_config(name, greatest(setting::bigint, %d) || 'kB', true)
                from pg_catalog.pg_settings where name = 'maintenance_work_mem'""".formatted(KEY_MEMORY_KIB));
    }

    private static boolean isKeyAbsent(Connection connection, Table table) throws SQLException {
        return isAbsent(connection, """
                select not exists (
                  select 1 from pg_catalog.pg_constraint where conrelid = ?::regclass and contype = 'p')""", Names.quote(table.id()));
    }

    private static boolean isAbsent(Connection connection, String question, String name) throws SQLException {
        try (PreparedStatement ask = connection.prepareStatement(question)) {
            ask.setString(1, name);
            try (ResultSet answer = ask.executeQuery()) {
                answer.next();
                return answer.getBoolean(1);
            }
        }
    }
}
