package dev.crossfade.pipeline.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.Secret;
import dev.crossfade.pipeline.Phase;
import dev.crossfade.pipeline.crash.Keeper.Ending;
import dev.crossfade.sink.control.RunLock;
import dev.crossfade.sink.control.RunLock.Holder;
import dev.crossfade.sink.target.TargetDatabase;
import dev.crossfade.testkit.ChildProcess;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * The process that runs a migration stands still, as in a long pause of its machine. An operator ends its lock's session and starts
 * another one. When the first goes on, it must end and must not have written.
 */
final class TakeOver {
    private static final Duration END_WITHIN = Duration.ofMinutes(1);

    private TakeOver() {}

    /** A partition's position on the target and the epoch of the run that moved it there. */
    private record Place(long position, long epoch) {}

    static String of(ChaosStage stage) throws InterruptedException, SQLException {
        ChildProcess first = stage.keeper.present();
        first.suspend();
        Holder holder = holder(stage);
        stage.target.execute(RunInChild.DATABASE, "select pg_terminate_backend(" + holder.backend() + ")");
        stage.keeper.startBesides();
        stage.keeper.awaitPhase(Phase.SHADOWING, ChaosStage.PATIENCE);
        ChaosStage.letPass(stage.suspension);
        long epoch = epochInForce(stage);
        Map<String, Place> before = places(stage);
        first.resume();
        int exit = first.awaitExit(END_WITHIN);

        Ending ending = Ending.of(exit, first.output());
        assertThat(Arrays.stream(ErrorKind.values()).map(ErrorKind::exitCode))
                .as("the first process says clearly why it ended: " + ending)
                .contains(exit);
        places(stage).forEach((partition, place) -> {
            if (!place.equals(before.get(partition))) {
                assertThat(place.epoch())
                        .as("epoch of the run that moved " + partition)
                        .isGreaterThanOrEqualTo(epoch);
            }
        });
        return "the first ended with " + ending;
    }

    private static Holder holder(ChaosStage stage) {
        TargetDatabase target = new TargetDatabase(new DatabaseAccess(
                stage.target.jdbcUrl(RunInChild.DATABASE), stage.target.user(), new Secret(stage.target.password())));
        return RunLock.holder(target, RunInChild.MIGRATION).orElseThrow();
    }

    /** Not the largest of the progress: the run that took over need not have moved anything yet. */
    private static long epochInForce(ChaosStage stage) throws SQLException {
        try (Connection connection = stage.target.connect(RunInChild.DATABASE);
                PreparedStatement read =
                        connection.prepareStatement("select epoch from crossfade.run_lock where migration = ?")) {
            read.setString(1, RunInChild.MIGRATION);
            try (ResultSet row = read.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static Map<String, Place> places(ChaosStage stage) throws SQLException {
        Map<String, Place> places = new TreeMap<>();
        try (Connection connection = stage.target.connect(RunInChild.DATABASE);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select topic || '-' || partition, position, epoch from crossfade.progress")) {
            while (rows.next()) {
                places.put(rows.getString(1), new Place(rows.getLong(2), rows.getLong(3)));
            }
        }
        return places;
    }
}
