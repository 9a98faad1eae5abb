package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.broker.EmbeddedBroker;
import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.Secret;
import dev.crossfade.pipeline.TableRule.ColumnRule;
import dev.crossfade.pipeline.TableRule.FilePlace;
import dev.crossfade.pipeline.TableRule.KeyRule;
import dev.crossfade.testkit.DatabaseDump;
import dev.crossfade.testkit.DatabaseDump.Relation;
import dev.crossfade.testkit.MariaDbServer;
import dev.crossfade.testkit.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/** A source, a target and a Kafka for the tests of one class. Each test takes a database name of its own, the same on both sides. */
final class Sides implements AutoCloseable {
    static final RunSettings SETTINGS = new RunSettings(3, 2, 64 << 10);

    final MariaDbServer source;
    final PostgresServer target;
    final EmbeddedBroker broker;

    private Sides(MariaDbServer source, PostgresServer target, EmbeddedBroker broker) {
        this.source = source;
        this.target = target;
        this.broker = broker;
    }

    static Sides start(Path directory) {
        return new Sides(
                MariaDbServer.start(), PostgresServer.start(), EmbeddedBroker.start(directory.resolve("kafka")));
    }

    /** Empty databases on both sides, and these statements run on the source. */
    void createDatabases(String database, String... statements) {
        source.createDatabase(database);
        target.createDatabase(database);
        source.execute(database, statements);
    }

    /** Where the rules of the tests stand: the line is the rule's number, from 1. */
    static FilePlace at(int line) {
        return new FilePlace("migration.yml", line, 1);
    }

    static TableRule rule(int line, String database, String from, String to, ColumnRule... columns) {
        return new TableRule(
                at(line),
                database,
                from,
                "public",
                to,
                columns.length == 0 ? Optional.empty() : Optional.of(List.of(columns)));
    }

    /** A table under its own name, all of its columns, with another key. */
    static TableRule keyed(int line, String database, String table, String... key) {
        return new TableRule(
                at(line),
                database,
                table,
                "public",
                table,
                Optional.empty(),
                Optional.of(new KeyRule(at(line), List.of(key))));
    }

    /** Without rules: every table under its own name. */
    MigrationSpec spec(String name, String database, TableRule... rules) {
        return new MigrationSpec(
                name,
                new DatabaseAccess(source.jdbcUrl(database), source.user(), new Secret(source.password())),
                new DatabaseAccess(target.jdbcUrl(database), target.user(), new Secret(target.password())),
                kafka(broker),
                rules.length == 0 ? List.of(rule(1, database, "*", "*")) : List.of(rules),
                SETTINGS);
    }

    static MigrationSpec withSource(MigrationSpec spec, String url, String user, String password) {
        return new MigrationSpec(
                spec.name(),
                new DatabaseAccess(url, user, new Secret(password)),
                spec.target(),
                spec.kafka(),
                spec.tables(),
                spec.settings());
    }

    static MigrationSpec withTarget(MigrationSpec spec, String url, String user, String password) {
        return new MigrationSpec(
                spec.name(),
                spec.source(),
                new DatabaseAccess(url, user, new Secret(password)),
                spec.kafka(),
                spec.tables(),
                spec.settings());
    }

    static MigrationSpec withSettings(MigrationSpec spec, RunSettings settings) {
        return new MigrationSpec(spec.name(), spec.source(), spec.target(), spec.kafka(), spec.tables(), settings);
    }

    static Map<String, String> kafka(EmbeddedBroker broker) {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    /** The first column of every row. */
    static List<String> column(Connection opened, String sql) {
        List<String> values = new ArrayList<>();
        try (Connection connection = opened;
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(String.valueOf(rows.getString(1)));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot run: " + sql, e);
        }
        return values;
    }

    List<String> onSource(String database, String sql) {
        return column(source.connect(database), sql);
    }

    List<String> onTarget(String database, String sql) {
        return column(target.connect(database), sql);
    }

    /** Names of all topics and consumer groups. */
    List<String> inKafka() {
        try (Admin admin = Admin.create(Map.<String, Object>copyOf(kafka(broker)))) {
            List<String> names = new ArrayList<>(admin.listTopics().names().get());
            admin.listGroups().all().get().forEach(group -> names.add(group.groupId()));
            return names;
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot list topics and groups", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** No control schema, no marker, no topic, no consumer group, and on the target no tables but these. */
    void assertUntouched(String migration, String database, String... targetTables) {
        assertThat(onTarget(database, "select nspname from pg_namespace where nspname = 'crossfade'"))
                .isEmpty();
        assertThat(
                        onTarget(
                                database,
                                "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1"))
                .containsExactly(targetTables);
        assertThat(onSource(database, "show tables like 'crossfade%'")).isEmpty();
        assertThat(inKafka()).noneMatch(name -> name.contains(migration));
    }

    /** Compares by a way of reading that shares no code with the product; returns the number of rows. */
    long assertEqual(String database, String table, String... dropped) {
        return DatabaseDump.between(
                        new Relation(() -> source.connect(database), database, table),
                        new Relation(() -> target.connect(database), "public", table))
                .dropped(dropped)
                .assertEqual();
    }

    @Override
    public void close() {
        broker.close();
        target.close();
        source.close();
    }
}
