package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.testkit.Corpora;
import dev.crossfade.testkit.WriteLoad.Weighted;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A schema of thirty-seven cascading foreign keys follows its source while parents are deleted and change their keys. */
class BiosqlIT {
    private static final String BIOSQL = "biosql";
    private static final long SEED = 37L;
    private static final List<String> WITHOUT_KEY =
            List.of("bioentry_path", "bioentry_qualifier_value", "seqfeature_path", "taxon_name");

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void staysEqualWhileParentsAreDeletedAndReKeyed(@TempDir Path directory) throws Exception {
        Corpora.orSkip(BIOSQL);
        try (Sides sides = Sides.start(directory)) {
            String database = Corpora.load(BIOSQL, sides.source);
            sides.target.createDatabase(database);
            sides.source.execute(database, Biosql.rows());
            List<String> tables = sides.onSource(
                    database,
                    "select table_name from information_schema.tables where table_schema = 'app_biosql' order by 1");
            assertThat(sides.onSource(
                            database,
                            "select constraint_name from information_schema.referential_constraints"
                                    + " where constraint_schema = 'app_biosql' and delete_rule = 'CASCADE'"))
                    .hasSize(37);

            refusesExactlyTheTablesWithoutAKey(sides, database);

            tables.removeAll(WITHOUT_KEY);
            MigrationSpec spec = sides.spec(
                    "biosql-move",
                    database,
                    tables.stream()
                            .map(table -> Sides.rule(1 + tables.indexOf(table), database, table, table))
                            .toArray(TableRule[]::new));
            assertThat(RunningMigration.of(spec).plan().plan().groups())
                    .singleElement()
                    .satisfies(group -> {
                        assertThat(group.tables())
                                .hasSize(22); // taxon and biodatabase have no child in the plan that goes with them
                        assertThat(group.reasons()).hasSize(37 - 6); // the children of the others have no key
                    });
            CorpusMove move = new CorpusMove(sides, database, spec, tables, Biosql.operations(), SEED);
            assertThat(move.staysEqual().keySet())
                    .containsAll(
                            Biosql.operations().stream().map(Weighted::kind).toList());
            assertThat(tables).hasSize(24).allSatisfy(table -> assertThat(sides.assertEqual(database, table))
                    .isPositive());
            assertThat(sides.onTarget(database, "select count(*) from bioentry where name like 'entry %'"))
                    .as("entries of the beginning that are left")
                    .singleElement()
                    .satisfies(left -> assertThat(Long.parseLong(left)).isLessThan(980));
        }
    }

    private static void refusesExactlyTheTablesWithoutAKey(Sides sides, String database) {
        Migration plain = RunningMigration.of(sides.spec("biosql-plain", database));

        MigrationException refused = catchThrowableOfType(MigrationException.class, plain::plan);

        assertThat(refused.problems()).extracting(Problem::code).containsOnly("NO-KEY");
        assertThat(refused.problems())
                .extracting(Problem::subject)
                .hasSameSizeAs(WITHOUT_KEY)
                .allSatisfy(subject -> assertThat(WITHOUT_KEY).anyMatch(subject::endsWith));
        sides.assertUntouched("biosql-plain", database);
    }
}
