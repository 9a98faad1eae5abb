package dev.crossfade.sink.control;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.TableId;
import dev.crossfade.sink.target.Connections;
import dev.crossfade.sink.target.TargetErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Schema {@code crossfade} of the target: one set of tables for all migrations into this database, every row belonging to one
 * migration.
 */
public final class ControlSchema {
    /** The schema's name. */
    public static final String NAME = "crossfade";

    /** Tables with rows of one migration, in an order in which they may be deleted; the run lock's epoch goes last. */
    private static final List<String> TABLES = List.of(
            "verification",
            "table_hold",
            "table_stop",
            "source_definitions",
            "fence",
            "group_copy",
            "chunk",
            "progress",
            "log",
            "target_table",
            "migration",
            "run_lock");

    private static final String VERSION_1 = """
            create schema if not exists crossfade;
            create table if not exists crossfade.control_version (
              version int primary key,
              installed_at timestamptz not null default now()
            );
            create table if not exists crossfade.migration (
              migration text primary key,
              mapping_hash text not null,
              plan text not null,
              phase text not null,
              phase_since timestamptz not null default now(),
              wanted text not null default '',
              status json not null default '{}',
              status_at timestamptz not null default now(),
              created_at timestamptz not null default now()
            ) with (fillfactor = 50);
            create table if not exists crossfade.run_lock (
              migration text primary key,
              epoch bigint not null,
              host text not null,
              pid bigint not null,
              since timestamptz not null default now()
            );
            create table if not exists crossfade.progress (
              migration text not null,
              topic text not null,
              partition int not null,
              position bigint not null,
              epoch bigint not null,
              primary key (migration, topic, partition)
            ) with (fillfactor = 50);
            create table if not exists crossfade.chunk (
              migration text not null,
              source_schema text not null,
              source_table text not null,
              number int not null,
              range_from bytea,
              range_to bytea,
              row_count bigint not null,
              byte_count bigint not null,
              epoch bigint not null,
              applied_at timestamptz not null default now(),
              primary key (migration, source_schema, source_table, number)
            );
            create table if not exists crossfade.fence (
              migration text not null,
              token text not null,
              rows_partition int not null,
              change_partition int not null,
              position bigint not null,
              passed_at timestamptz not null default clock_timestamp(),
              primary key (migration, token, rows_partition, change_partition)
            );
            create table if not exists crossfade.verification (
              migration text not null,
              id text not null,
              state text not null,
              detail json not null,
              requested_at timestamptz not null default now(),
              changed_at timestamptz not null default now(),
              primary key (migration, id)
            );
            comment on schema crossfade is 'State of Crossfade migrations into this database';
            """;

    private static final String VERSION_2 = """
            create table crossfade.target_table (
              migration text not null,
              schema_name text not null,
              table_name text not null,
              relation oid not null,
              created boolean not null,
              had_key boolean not null,
              schema_created boolean not null,
              primary key (migration, schema_name, table_name)
            );
            """;

    private static final String VERSION_3 = """
            create table crossfade.group_copy (
              migration text not null,
              source_schema text not null,
              source_table text not null,
              group_name text not null,
              log_file text not null,
              log_offset bigint not null,
              gtids text not null,
              chunks int,
              begun_at timestamptz not null default now(),
              primary key (migration, source_schema, source_table)
            );
            comment on column crossfade.group_copy.chunks is 'NULL until the copy has ended';
            """;

    private static final String VERSION_4 = """
            alter table crossfade.progress add column leader_epoch int not null default -1;
            create table crossfade.log (
              migration text not null,
              topic text not null,
              topic_id text not null,
              cluster_id text not null,
              kept_at timestamptz not null default now(),
              primary key (migration, topic)
            );
            """;

    private static final String VERSION_5 = """
            create table crossfade.table_stop (
              migration text not null,
              unit text not null,
              tables text[] not null,
              id text not null,
              reason text not null,
              statement text not null,
              position text not null,
              replayable boolean not null,
              state text not null,
              since timestamptz not null default now(),
              primary key (migration, unit)
            );
            create table crossfade.table_hold (
              migration text not null,
              unit text not null,
              partition int not null,
              held_from bigint not null,
              primary key (migration, unit, partition)
            );
            comment on table crossfade.table_hold is 'Rows of a stopped unit that are held back, from this offset on';
            """;

    private static final String VERSION_6 = """
            create table crossfade.source_definitions (
              migration text primary key,
              definitions text not null
            );
            """;

    /** What leads from each version to the next, beginning with none. A step is never changed, only another one is added. */
    private static final List<String> STEPS = List.of(VERSION_1, VERSION_2, VERSION_3, VERSION_4, VERSION_5, VERSION_6);

    private static final int VERSION = STEPS.size();

    private final Connections target;

    public ControlSchema(Connections target) {
        this.target = target;
    }

    /**
     * Creates the schema, or brings that of an older Crossfade to this version, in one transaction; any number of processes may do so at
     * once. Does nothing where the schema is of this version. A run of the older Crossfade may go on meanwhile; another one cannot begin.
     *
     * @throws MigrationException of kind TARGET if the account may not; of kind PLAN if a newer Crossfade made the schema
     */
    public void install() {
        try (Connection connection = target.open()) {
            connection.setAutoCommit(false);
            lock(connection);
            int installed = version(connection).orElse(0);
            if (installed > VERSION) {
                throw new MigrationException(
                        ErrorKind.PLAN,
                        "schema crossfade of the target has version " + installed + ", this program knows " + VERSION
                                + "; nothing was changed. Hint: go on with the newer version of Crossfade");
            }
            try (Statement statement = connection.createStatement()) {
                for (int version = installed + 1; version <= VERSION; version++) {
                    statement.execute(STEPS.get(version - 1));
                    statement.execute("insert into crossfade.control_version (version) values (" + version + ")");
                }
            }
            connection.commit();
        } catch (SQLException e) {
            throw TargetErrors.of("create schema crossfade", "nothing of it was created", e);
        }
    }

    /** Whether the schema is there. A reading command asks before it reads anything else. */
    public boolean isInstalled() {
        try (Connection connection = target.open()) {
            return version(connection).isPresent();
        } catch (SQLException e) {
            throw TargetErrors.of("look for schema crossfade", e);
        }
    }

    /** The names of all migrations that have anything here; the schema must be there. */
    public Set<String> migrations() {
        try (Connection connection = target.open()) {
            return migrations(connection);
        } catch (SQLException e) {
            throw TargetErrors.of("read which migrations have state in schema crossfade", e);
        }
    }

    /** The contribution stores of one migration, which {@link #forget} drops. */
    public List<TableId> stores(String migration) {
        try (Connection connection = target.open()) {
            return ContributionStores.of(connection, migration);
        } catch (SQLException e) {
            throw TargetErrors.of("list the contribution stores of migration " + migration, e);
        }
    }

    /**
     * Deletes everything that one migration has here and, with the last of them, the schema itself, all in one transaction. The caller
     * holds the migration's run lock. What is not ours in the schema stays, and the schema with it.
     */
    public void forget(String migration) {
        try (Connection connection = target.open()) {
            connection.setAutoCommit(false);
            lock(connection);
            ContributionStores.drop(connection, migration);
            for (String table : TABLES) {
                try (PreparedStatement delete =
                        connection.prepareStatement("delete from crossfade." + table + " where migration = ?")) {
                    delete.setString(1, migration);
                    delete.executeUpdate();
                }
            }
            if (migrations(connection).isEmpty()) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(
                            "drop table crossfade.control_version, crossfade." + String.join(", crossfade.", TABLES));
                }
                Schemas.dropIfOursAndEmpty(connection, NAME);
            }
            connection.commit();
        } catch (SQLException e) {
            throw TargetErrors.of("delete the state of migration " + migration, e);
        }
    }

    private static Set<String> migrations(Connection connection) throws SQLException {
        Set<String> migrations = new TreeSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select migration from crossfade.migration union select migration from crossfade.run_lock")) {
            while (row.next()) {
                migrations.add(row.getString(1));
            }
        }
        return migrations;
    }

    private static void lock(Connection connection) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement("select pg_advisory_xact_lock(?)")) {
            lock.setLong(1, AdvisoryKeys.CONTROL_SCHEMA);
            lock.execute();
        }
    }

    private static Optional<Integer> version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet table =
                    statement.executeQuery("select to_regclass('crossfade.control_version') is not null")) {
                table.next();
                if (!table.getBoolean(1)) {
                    return Optional.empty();
                }
            }
            try (ResultSet version = statement.executeQuery("select max(version) from crossfade.control_version")) {
                version.next();
                int seen = version.getInt(1);
                return version.wasNull() ? Optional.empty() : Optional.of(seen);
            }
        }
    }
}
