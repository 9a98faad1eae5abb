package dev.crossfade.pipeline;

import static dev.crossfade.pipeline.CorpusMove.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.crossfade.model.MigrationException;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.Problem;
import dev.crossfade.pipeline.TableRule.Drop;
import dev.crossfade.pipeline.TableRule.TakeOthers;
import dev.crossfade.testkit.Corpora;
import dev.crossfade.testkit.WriteLoad.Weighted;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A database that others made moves whole. */
class SakilaIT {
    private static final String SAKILA = "sakila";
    private static final long SEED = 20_261_120L;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void arrivesWholeAndStaysEqualUnderWrites(@TempDir Path directory) throws Exception {
        Corpora.orSkip(SAKILA);
        try (Sides sides = Sides.start(directory)) {
            String database = Corpora.load(SAKILA, sides.source);
            sides.target.createDatabase(database);
            // MariaDB passes over what the script says to MySQL 5.7 alone, so this column is not there by itself.
            sides.source.execute(
                    database,
                    "alter table address add location geometry not null default (point(1, 1)) after phone",
                    "alter table address add spatial key idx_location (location)");
            List<String> tables = sides.onSource(
                    database,
                    "select table_name from information_schema.tables where table_type = 'BASE TABLE' and table_schema = 'sakila'");

            refusesExactlyTheColumnOfRefusedType(sides, database);

            MigrationSpec spec = sides.spec(
                    "sakila-move",
                    database,
                    Sides.rule(
                            1,
                            database,
                            "address",
                            "address",
                            new Drop(Sides.at(2), "location"),
                            new TakeOthers(Sides.at(3))),
                    Sides.rule(4, database, "*", "*"));
            assertThat(RunningMigration.of(spec).plan().advice())
                    .filteredOn(advice -> advice.startsWith("ORDER-GROUP"))
                    .singleElement()
                    .asString()
                    .contains("sakila.actor: actor, address, category, ", "foreign keys whose actions are not logged");
            assertThat(RunningMigration.of(spec).plan().plan().groups())
                    .flatExtracting(OrderGroup::reasons)
                    .contains(
                            "foreign key payment.fk_payment_rental ON DELETE SET NULL ON UPDATE CASCADE, which is not logged");
            CorpusMove move = new CorpusMove(
                    sides,
                    database,
                    spec,
                    tables,
                    Stream.concat(rowOperations(), parentOperations()).toList(),
                    SEED);
            assertThat(move.staysEqual())
                    .containsKeys("rent", "pay", "return", "film", "customer", "refund", "role")
                    .containsKeys("unrent", "re-key rental", "re-key customer", "re-key film", "re-key actor");
            assertThat(tables).hasSize(16).allSatisfy(table -> {
                String[] dropped = table.equals("address") ? new String[] {"location"} : new String[0];
                assertThat(sides.assertEqual(database, table, dropped)).isPositive();
            });
            assertThat(
                            sides.onTarget(
                                    database,
                                    "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')"))
                    .containsExactlyInAnyOrderElementsOf(tables); // views are no tables
        }
    }

    private static void refusesExactlyTheColumnOfRefusedType(Sides sides, String database) {
        Migration plain = RunningMigration.of(sides.spec("sakila-plain", database));

        MigrationException refused = catchThrowableOfType(MigrationException.class, plain::plan);

        assertThat(refused.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("TYPE-REFUSED");
            assertThat(problem.subject()).contains("sakila.address.location");
            assertThat(problem.seen()).contains("geometry");
            assertThat(problem.remedy()).contains("location: drop");
        });
        assertThat(refused).hasMessageContaining("nothing was changed");
        sides.assertUntouched("sakila-plain", database);
        assertThat(refused.problems()).extracting(Problem::code).containsOnly("TYPE-REFUSED");
    }

    /** What the source does next, to the rows that refer to these, is not in its log. Keys that become free are taken again. */
    private static Stream<Weighted> parentOperations() {
        return Stream.of(
                new Weighted(
                        "unrent",
                        4,
                        (connection, random) -> run(
                                connection, "delete from rental where rental_id = " + (1 + random.nextInt(16_000)))),
                reKey("rental", 3, 16_500),
                reKey("customer", 3, 700),
                reKey("film", 3, 1_100),
                reKey("actor", 3, 240),
                reKey("address", 2, 700),
                reKey("inventory", 2, 5_000),
                reKey("city", 2, 650),
                reKey("country", 1, 130),
                reKey("category", 1, 20),
                reKey("language", 1, 10));
    }

    private static Weighted reKey(String table, int weight, int keys) {
        return new Weighted(
                "re-key " + table,
                weight,
                (connection, random) -> run(
                        connection,
                        "update ignore " + table + " set " + table + "_id = " + (1 + random.nextInt(keys)) + " where "
                                + table + "_id = " + (1 + random.nextInt(keys))));
    }

    /** What is in the source's log as it happens. */
    private static Stream<Weighted> rowOperations() {
        return Stream.of(
                new Weighted(
                        "rent",
                        5,
                        (connection, random) -> run(
                                connection,
                                "insert into rental (rental_date, inventory_id, customer_id, staff_id) values (now() - interval "
                                        + random.nextInt(1_000_000) + " second, " + (1 + random.nextInt(4_000)) + ", "
                                        + (1 + random.nextInt(590)) + ", 1)")),
                new Weighted(
                        "pay",
                        5,
                        (connection, random) -> run(
                                connection,
                                "insert into payment (customer_id, staff_id, amount, payment_date) values ("
                                        + (1 + random.nextInt(590)) + ", 2, " + random.nextInt(99_999)
                                        + " / 100, now())")),
                new Weighted(
                        "return",
                        4,
                        (connection, random) -> run(
                                connection,
                                "update rental set return_date = now() where rental_id = " + random.nextInt(16_000))),
                new Weighted("film", 3, SakilaIT::film),
                new Weighted(
                        "customer",
                        3,
                        (connection, random) -> run(
                                connection,
                                "update customer set active = 1 - active, email = "
                                        + (random.nextBoolean() ? "null" : "'é@x'") + " where customer_id = "
                                        + random.nextInt(600))),
                new Weighted(
                        "refund",
                        2,
                        (connection, random) ->
                                run(connection, "delete from payment where payment_id = " + random.nextInt(17_000))),
                new Weighted(
                        "role",
                        2,
                        (connection, random) -> run(
                                connection,
                                "update ignore film_actor set actor_id = " + (1 + random.nextInt(200))
                                        + " where film_id = " + random.nextInt(1_000))));
    }

    /** A trigger writes the same into film_text. */
    private static void film(Connection connection, Random random) throws SQLException {
        run(
                connection,
                "update film set title = 'TITLE " + random.nextInt() + "', special_features = '"
                        + (random.nextBoolean() ? "Trailers,Deleted Scenes" : "") + "', rating = '"
                        + (random.nextBoolean() ? "PG-13" : "NC-17") + "' where film_id = " + random.nextInt(1_000));
    }
}
