package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.OrderGroup;
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

            MigrationSpec spec = sides.spec("biosql-move", database);
            List<OrderGroup> groups = RunningMigration.of(spec).plan().plan().groups();
            assertThat(groups)
                    .extracting(group -> group.tables().size())
                    .contains(25, 2); // biodatabase only restricts; taxon has no child but taxon_name
            assertThat(groups.stream().flatMap(group -> group.reasons().stream()))
                    .filteredOn(reason -> reason.startsWith("foreign key"))
                    .hasSize(37);
            CorpusMove move = new CorpusMove(sides, database, spec, tables, Biosql.operations(), SEED);
            assertThat(move.staysEqual().keySet())
                    .containsAll(
                            Biosql.operations().stream().map(Weighted::kind).toList());
            assertThat(tables).hasSize(28).allSatisfy(table -> assertThat(sides.assertEqual(database, table))
                    .isPositive());
            assertThat(sides.onTarget(database, "select count(*) from bioentry where name like 'entry %'"))
                    .as("entries of the beginning that are left")
                    .singleElement()
                    .satisfies(left -> assertThat(Long.parseLong(left)).isLessThan(980));
        }
    }
}
