package dev.crossfade.sink.apply;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.TableId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What changes of a table without a primary key come to: of each row so many more or fewer. Equal rows are interchangeable, so the
 * order of the changes leaves no trace, and an update that changes nothing comes to nothing. One thread.
 */
final class RowCounts {
    private final TableId table;
    private final BinlogPosition transaction;
    private final Map<Row, Integer> more = new LinkedHashMap<>(); // never 0; fewer is negative

    /** Nothing yet, of the table that {@code first} is a change of. */
    RowCounts(RowChange first) {
        this.table = first.table();
        this.transaction = first.transaction();
    }

    void add(RowChange change) {
        change.before().ifPresent(row -> count(row, -1));
        change.after().ifPresent(row -> count(row, 1));
    }

    private void count(Row row, int copies) {
        int sum = more.getOrDefault(row, 0) + copies;
        if (sum == 0) {
            more.remove(row);
        } else {
            more.put(row, sum);
        }
    }

    /** One change for each row that is to be deleted, and one for each that is to be added, all of the first change's transaction. */
    List<RowChange> net() {
        List<RowChange> net = new ArrayList<>();
        more.forEach((row, copies) -> {
            Optional<Row> gone = copies < 0 ? Optional.of(row) : Optional.empty();
            Optional<Row> added = copies > 0 ? Optional.of(row) : Optional.empty();
            for (int i = 0; i < Math.abs(copies); i++) {
                net.add(new RowChange(table, transaction, gone, added));
            }
        });
        return net;
    }
}
