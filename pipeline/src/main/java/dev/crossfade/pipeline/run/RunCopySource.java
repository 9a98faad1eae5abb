package dev.crossfade.pipeline.run;

import dev.crossfade.capture.backfill.BackfillGate;
import dev.crossfade.capture.backfill.Recopy;
import dev.crossfade.capture.change.ChangeCapture;
import dev.crossfade.capture.source.SchemaReader;
import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.capture.source.SourceSchema;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.TableId;
import dev.crossfade.pipeline.MigrationSpec;
import dev.crossfade.pipeline.plan.BegunDefinitions;
import dev.crossfade.pipeline.plan.Planning;
import dev.crossfade.pipeline.stop.CopySource;
import dev.crossfade.sink.control.FenceBoard;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The source's side of this run, for tables that are copied again. */
final class RunCopySource implements CopySource {
    private final MigrationSpec spec;
    private final Planning planning;
    private final SourceDatabase source;
    private final ChangeCapture capture;
    private final Markers markers;
    private final FenceBoard board;
    private final BackfillGate gate;
    private final Faults faults;

    RunCopySource(
            MigrationSpec spec,
            Planning planning,
            SourceDatabase source,
            ChangeCapture capture,
            Markers markers,
            FenceBoard board,
            BackfillGate gate,
            Faults faults) {
        this.spec = spec;
        this.planning = planning;
        this.source = source;
        this.capture = capture;
        this.markers = markers;
        this.board = board;
        this.gate = gate;
        this.faults = faults;
    }

    @Override
    public Optional<String> difference(List<TableId> tables) {
        try (Connection connection = source.open()) {
            SourceSchema now = SchemaReader.read(connection);
            return tables.stream()
                    .map(table -> BegunDefinitions.difference(planning.source(table), now.table(table)))
                    .flatMap(Optional::stream)
                    .findFirst();
        } catch (SQLException e) {
            throw new MigrationException(
                    ErrorKind.SOURCE,
                    "cannot read what the tables of " + source + " are: SQLSTATE " + e.getSQLState(),
                    e);
        }
    }

    @Override
    public void takeUp(Set<TableId> tables) {
        capture.takeUp(tables);
    }

    @Override
    public String fence() {
        return markers.writeFence("copy");
    }

    @Override
    public boolean hasPassed(String token) {
        return board.isPassed(token);
    }

    @Override
    public Recopy recopy() {
        return new Recopy(
                source,
                planning.plan(),
                spec.kafka(),
                Parts.backfillSettings(spec, markers.writeBackfill()),
                gate,
                faults);
    }
}
