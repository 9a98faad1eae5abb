package dev.crossfade.capture.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.ChangePosition;
import dev.crossfade.model.Column;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.model.codec.Partitioning;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StopsTest {
    private static final TableId ALONE = new TableId("shop", "alone");
    private static final TableId PARENT = new TableId("shop", "parent");
    private static final TableId CHILD = new TableId("shop", "child");

    private final Stops stops = stops();

    @Test
    void aTroubleStopsItsUnitOnceAndOnlyFromItsPlaceOn() {
        stops.begin(StoredStops.NONE, Optional.of(at(100, 0)));
        stops.raise(trouble(PARENT, at(200, 3)));
        stops.raise(trouble(CHILD, at(200, 4)));

        assertThat(stops.stopAt(at(200, 2))).isEmpty();
        assertThat(stops.isStopped(CHILD)).isFalse();
        assertThat(stops.isInTrouble(CHILD)).isTrue();
        assertThat(stops.stopAt(at(200, 3))).extracting(Trouble::table).containsExactly(PARENT);
        assertThat(stops.stopAt(at(900, 0))).isEmpty();
        assertThat(stops.isStopped(CHILD)).isTrue();
        assertThat(stops.isStopped(ALONE)).isFalse();
        assertThat(stops.stopped()).containsExactly("shop.group");
    }

    @Test
    void whatIsReadAgainAfterARestartIsOld() {
        stops.begin(StoredStops.NONE, Optional.of(at(100, 0)));
        stops.raise(trouble(ALONE, at(200, 1)));
        stops.stopAt(at(200, 1));
        stops.takeUp(Set.of(ALONE));
        Stops.Snapshot snapshot = stops.snapshot();
        stops.committed(snapshot, at(100, 0)); // a position before the trouble, as after a lone TRUNCATE

        Stops next = stops();
        next.begin(StoredStops.decode(snapshot.stops().encode()), Optional.of(at(100, 0)));
        next.raise(trouble(ALONE, at(200, 1)));

        assertThat(next.stopAt(at(300, 0))).isEmpty();
        next.raise(trouble(ALONE, at(300, 1)));
        assertThat(next.stopAt(at(300, 1))).hasSize(1);
    }

    @Test
    void aTroubleWithinWhatIsStoredIsOld() {
        stops.begin(StoredStops.NONE, Optional.of(at(200, 5)));

        stops.raise(trouble(ALONE, at(200, 5)));
        stops.raise(trouble(CHILD, at(200, 6)));

        assertThat(stops.stopAt(at(900, 0))).extracting(Trouble::table).containsExactly(CHILD);
    }

    @Test
    void aUnitThatIsTakenUpStaysSoWhenTheLogIsOpenedAnewBeforeThatIsDurable() {
        stops.begin(new StoredStops(Set.of("shop.group", "shop.alone"), Optional.empty()), Optional.of(at(100, 0)));
        assertThat(stops.isStopped(PARENT)).isTrue();

        stops.takeUp(Set.of(CHILD));
        stops.begin(new StoredStops(Set.of("shop.group", "shop.alone"), Optional.empty()), Optional.of(at(100, 0)));

        assertThat(stops.stopped()).containsExactly("shop.alone");
        assertThat(stops.snapshot().stops().units()).containsExactly("shop.alone");
    }

    @Test
    void whatIsNotCapturedCannotBeTakenUp() {
        assertThatThrownBy(() -> stops.takeUp(Set.of(new TableId("shop", "unknown"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shop.unknown is not captured");
    }

    @Test
    void aStatementMeansTheTablesThatItNamesWhateverTheirCase() {
        assertThat(stops.meant(SourceStatement.of("update PARENT set a = 1", "shop")))
                .containsExactly(PARENT);
        assertThat(stops.meant(SourceStatement.of("update parent set a = 1", "other")))
                .isEmpty();
        assertThat(stops.meant(SourceStatement.ANYWHERE)).containsExactly(ALONE, CHILD, PARENT);
        assertThat(stops.meant(SourceStatement.of("drop schema Shop", ""))).hasSize(3);
    }

    private static Trouble trouble(TableId table, ChangePosition place) {
        return new Trouble(table, Trouble.TRUNCATE, "was truncated", "truncate t", place);
    }

    private static ChangePosition at(long offset, long event) {
        return new ChangePosition(new BinlogPosition("log.000001", offset, ""), "", event, 0);
    }

    private static Stops stops() {
        List<TablePlan> plans = List.of(ALONE, PARENT, CHILD).stream()
                .map(id -> new Table(
                        id,
                        List.of(new Column("id", LogicalType.of(LogicalType.Kind.INT32), false, "int")),
                        List.of("id")))
                .map(table -> new TablePlan(table, table, List.of("id")))
                .toList();
        OrderGroup group =
                new OrderGroup("shop.group", 3, OrderGroup.Copy.SNAPSHOT, List.of(PARENT, CHILD), List.of("test"));
        MigrationPlan plan = new MigrationPlan("shop", "0".repeat(64), plans, List.of(group), List.of());
        return new Stops(
                plans.stream().map(table -> CapturedTable.whole(table.source())).toList(), new Partitioning(3, plan));
    }
}
