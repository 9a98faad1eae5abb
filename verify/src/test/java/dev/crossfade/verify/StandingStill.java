package dev.crossfade.verify;

import dev.crossfade.model.BinlogPosition;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Pairs the snapshots of two databases that nobody writes to, and remembers what it was asked. */
final class StandingStill implements SnapshotPairing {
    static final TargetPosition POSITION = new TargetPosition("fence-1", Map.of("rows/0", 41L, "rows/1", 7L));

    final List<String> calls = new ArrayList<>();

    @Override
    public void hold(Duration atMost) {
        calls.add("hold");
    }

    @Override
    public void publishThrough(BinlogPosition sourcePosition) {
        calls.add("publishThrough");
    }

    @Override
    public TargetPosition proveTarget(Connection targetSnapshot) throws SQLException {
        calls.add("proveTarget");
        try (Statement statement = targetSnapshot.createStatement();
                ResultSet rows = statement.executeQuery("SHOW transaction_isolation")) {
            rows.next();
            calls.add(rows.getString(1));
        }
        return POSITION;
    }

    @Override
    public void resume() {
        calls.add("resume");
    }
}
