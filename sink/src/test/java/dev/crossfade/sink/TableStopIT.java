package dev.crossfade.sink;

import static dev.crossfade.sink.StopTarget.gone;
import static dev.crossfade.sink.StopTarget.visit;
import static dev.crossfade.sink.TestPlans.SOURCE;
import static dev.crossfade.sink.TestPlans.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.Faults;
import dev.crossfade.model.TableStop;
import dev.crossfade.sink.stop.Stop;
import dev.crossfade.sink.stop.StopState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A table stops, and everything else goes on. */
class TableStopIT {
    @AutoClose
    private final StopTarget target;

    TableStopIT() throws InterruptedException {
        target = new StopTarget();
    }

    @BeforeEach
    void forbidNegativePages() {
        target.database().execute("alter table visits add constraint pages_positive check (pages >= 0)");
    }

    private List<String> orders() {
        return target.database().rows("select id, note from orders order by id");
    }

    @Test
    void aRefusedRowStopsItsTableAtTheBeginOfTheBatchAndOthersGoOn() throws InterruptedException {
        target.write(0, visit(1, 1), upsert(1, "a"));
        target.applyAll(Faults.NONE);
        target.write(0, upsert(2, "b"), visit(2, 2), visit(3, -3), upsert(1, "a2"), visit(1, 11));
        target.write(1, upsert(7, "g"), visit(8, 8));

        target.applyAll(Faults.NONE);

        assertThat(orders()).containsExactly("1|a2", "2|b", "7|g");
        Stop stop = target.board().read(StopTarget.VISITS_UNIT).orElseThrow();
        assertThat(stop.tables()).containsExactly("shop.visits");
        assertThat(stop.state()).isEqualTo(StopState.STOPPED);
        assertThat(stop.cause().id()).isEqualTo("REFUSED");
        assertThat(stop.cause().replayable()).isTrue();
        assertThat(stop.cause().reason()).startsWith("cannot write public.visits (3): SQLSTATE 23514");
        assertThat(stop.cause().position()).startsWith("rows partition 0, offset ");
        assertThat(target.visits()).contains("1|1").doesNotContain("2|2");
    }

    @Test
    void whatIsHeldBackBeginsAtTheFirstBatchThatIsNotApplied() throws InterruptedException {
        target.write(0, visit(3, -3), upsert(1, "a"));
        target.applyAll(Faults.NONE);

        target.write(0, visit(1, 1));
        target.write(1, upsert(2, "b"), visit(2, 2));
        target.applyAll(Faults.NONE);
        target.applyAll(Faults.NONE);

        assertThat(target.board().holds(StopTarget.VISITS_UNIT))
                .containsEntry(0, 0L)
                .containsOnlyKeys(0, 1);
        assertThat(target.visits()).isEmpty();
        assertThat(orders()).containsExactly("1|a", "2|b");
    }

    @Test
    void twoTablesMayStopInOneBatch() throws InterruptedException {
        target.write(0, visit(3, -3), upsert(1, "eleven long"), upsert(2, "b"));

        target.applyAll(Faults.NONE);

        assertThat(target.board().read()).extracting(Stop::unit).containsExactly("shop.orders", "shop.visits");
        assertThat(orders()).isEmpty();
    }

    @Test
    void aTargetTableThatIsGoneOrForbidsWritingStopsAlone() throws InterruptedException {
        target.write(0, upsert(1, "a"), visit(1, 1));
        target.database().execute("alter table visits rename to other");

        target.applyAll(Faults.NONE);

        assertThat(target.board()
                        .read(StopTarget.VISITS_UNIT)
                        .orElseThrow()
                        .cause()
                        .reason())
                .isEqualTo("cannot write public.visits: SQLSTATE 42P01, there is no such table");
        assertThat(orders()).containsExactly("1|a");
    }

    @Test
    void aStopOfCaptureHoldsItsTableBackAndCannotBeReplayed() throws InterruptedException {
        TableStop stop = new TableStop(
                SOURCE, "TRUNCATE", "the table was emptied", "", new BinlogPosition("binlog.000003", 77, ""));
        target.write(0, upsert(1, "a"), stop, visit(1, 1));
        target.applyAll(Faults.NONE);
        target.write(1, upsert(2, "b"), visit(2, 2));

        target.applyAll(Faults.NONE);

        Stop seen = target.board().read("shop.orders").orElseThrow();
        assertThat(seen.cause())
                .isEqualTo(new Stop.Cause(
                        "TRUNCATE", "the table was emptied", "", stop.position().toString(), false));
        assertThat(orders()).containsExactly("1|a");
        assertThat(target.visits()).containsExactly("1|1", "2|2");
    }

    @Test
    void aTableThatMustBeCopiedIsNotTakenForOneThatMayBeReplayed() throws InterruptedException {
        TableStop stop = new TableStop(
                SOURCE, "ALTERED", "a column was dropped", "", new BinlogPosition("binlog.000003", 77, ""));
        target.write(0, upsert(1, "eleven long"));
        target.applyAll(Faults.NONE);
        target.write(0, stop);
        target.applyAll(Faults.NONE);
        target.write(1, upsert(2, "eleven long"));

        target.applyAll(Faults.NONE);

        assertThat(target.board().read("shop.orders").orElseThrow().cause().id())
                .isEqualTo("ALTERED");
        assertThat(target.board().holds("shop.orders")).containsEntry(0, 0L).containsOnlyKeys(0, 1);
    }

    @Test
    void deletesOfAStoppedTableAreHeldBackToo() throws InterruptedException {
        target.write(0, visit(1, 1));
        target.applyAll(Faults.NONE);
        target.write(0, visit(3, -3));
        target.applyAll(Faults.NONE);

        target.write(0, gone(1));
        target.applyAll(Faults.NONE);

        assertThat(target.visits()).containsExactly("1|1");
        assertThat(target.board().holds(StopTarget.VISITS_UNIT)).isNotEqualTo(Map.of());
    }
}
