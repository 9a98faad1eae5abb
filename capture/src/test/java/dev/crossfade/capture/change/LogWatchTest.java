package dev.crossfade.capture.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shyiko.mysql.binlog.event.DeleteRowsEventData;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventData;
import com.github.shyiko.mysql.binlog.event.EventHeaderV4;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.MariadbGtidEventData;
import com.github.shyiko.mysql.binlog.event.QueryEventData;
import com.github.shyiko.mysql.binlog.event.TableMapEventData;
import com.github.shyiko.mysql.binlog.event.UpdateRowsEventData;
import com.github.shyiko.mysql.binlog.event.XAPrepareEventData;
import dev.crossfade.capture.source.SourceProduct;
import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.ChangePosition;
import dev.crossfade.model.Column;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.codec.Partitioning;
import java.io.Serializable;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LogWatchTest {
    private static final TableId T = new TableId("shop", "t");
    private static final TableId U = new TableId("shop", "u");
    private static final ChangePosition LATER = new ChangePosition(new BinlogPosition("log.000009", 4, ""), "", 0, 0);

    private final Stops stops = new Stops(
            List.of(captured(T), captured(U)),
            new Partitioning(3, new MigrationPlan("shop", "0".repeat(64), List.of())));
    private final LogWatch watch = new LogWatch(stops, SourceProduct.MARIADB);

    LogWatchTest() {
        stops.begin(StoredStops.NONE, Optional.empty());
        watch.attached(() -> Map.of("file", "log.000001", "pos", 100L, "event", 2L));
    }

    @Test
    void rowsOfATransactionThatIsTakenBackStopTheirTable() {
        begin();
        map(7, T);
        query("ROLLBACK");

        assertStopped("ROLLBACK", T);
    }

    @Test
    void aRollbackAfterTheTransactionsEndStopsNothing() {
        begin();
        map(7, T);
        send(EventType.XID, null);
        query("ROLLBACK");

        assertNothingStopped();
    }

    @Test
    void preparedRowsStopTheirTableAndACommitInOnePhaseDoesNot() {
        XAPrepareEventData onePhase = new XAPrepareEventData();
        onePhase.setOnePhase(true);
        begin();
        map(7, U);
        send(EventType.XA_PREPARE, onePhase);
        map(8, T);
        send(EventType.XA_PREPARE, new XAPrepareEventData());

        assertStopped("XA", T);
    }

    @Test
    void rowsThatWillBePreparedAreTakenOutBeforeAnybodySeesThem() {
        MariadbGtidEventData prepared = new MariadbGtidEventData();
        prepared.setFlags(64);
        begin();
        send(EventType.MARIADB_GTID, prepared);
        map(7, T);
        DeleteRowsEventData rows = delete(7, 2);

        assertThat(rows.getRows()).isEmpty();
        assertStopped("XA", T);
    }

    @Test
    void anUpdateWithoutAColumnInEitherImageIsTakenOut() {
        begin();
        map(7, T);
        UpdateRowsEventData update = new UpdateRowsEventData();
        update.setTableId(7);
        update.setIncludedColumnsBeforeUpdate(columns(2));
        update.setIncludedColumns(columns(1));
        update.setRows(List.of(Map.entry(new Serializable[2], new Serializable[1])));
        send(EventType.EXT_UPDATE_ROWS, update);

        assertThat(update.getRows()).isEmpty();
        assertStopped("IMAGE", T);
    }

    @Test
    void wholeRowsAreLeftAsTheyAreUntilTheirTableIsInTrouble() {
        begin();
        map(7, T);
        map(8, U);
        DeleteRowsEventData before = delete(7, 2);
        query("truncate t");
        DeleteRowsEventData behind = delete(7, 2);
        DeleteRowsEventData other = delete(8, 2);

        assertThat(before.getRows()).hasSize(1);
        assertThat(behind.getRows()).isEmpty();
        assertThat(other.getRows()).hasSize(1);
    }

    @Test
    void partsOfJsonValuesStopTheTablesOfTheTransaction() {
        begin();
        map(7, T);
        send(EventType.PARTIAL_UPDATE_ROWS_EVENT, null);

        assertStopped("IMAGE", T);
    }

    @Test
    void aGapInTheLogStopsEverything() {
        begin();
        send(EventType.INCIDENT, null);

        assertStopped("INCIDENT", T, U);
    }

    @Test
    void whatDebeziumWouldStumbleOverIsTakenOut() {
        begin();

        assertThat(query("/* x */ load data infile 'x' into table elsewhere").getSql())
                .startsWith("XA ");
        assertThat(query("create table strange (ip inet6)").getSql()).startsWith("XA ");
        assertThat(query("create table usual (ip int)").getSql()).isEqualTo("create table usual (ip int)");
        assertNothingStopped();
    }

    @Test
    void aWatchThatDidNotSeeTheBeginOrThatFailedIsNotWhole() {
        assertThatThrownBy(watch::requireWhole).hasMessageContaining("has not seen it from its beginning");

        begin();
        assertThatCode(watch::requireWhole).doesNotThrowAnyException();

        send(EventType.TABLE_MAP, null); // whatever it stumbles over
        assertThatThrownBy(watch::requireWhole).hasMessageContaining("the watch over the log failed");
    }

    @Test
    void aWatchThatComesInTheMiddleIsNotWhole() {
        map(7, T);

        assertThatThrownBy(watch::requireWhole)
                .hasRootCauseMessage("the first event of the log that was seen is TABLE_MAP");
    }

    private void begin() {
        send(EventType.ROTATE, null);
    }

    private void map(long number, TableId table) {
        TableMapEventData map = new TableMapEventData();
        map.setTableId(number);
        map.setDatabase(table.schema());
        map.setTable(table.name());
        map.setColumnTypes(new byte[2]);
        send(EventType.TABLE_MAP, map);
    }

    private DeleteRowsEventData delete(long number, int columns) {
        DeleteRowsEventData delete = new DeleteRowsEventData();
        delete.setTableId(number);
        delete.setIncludedColumns(columns(columns));
        delete.setRows(List.<Serializable[]>of(new Serializable[2]));
        send(EventType.EXT_DELETE_ROWS, delete);
        return delete;
    }

    private QueryEventData query(String sql) {
        QueryEventData query = new QueryEventData();
        query.setDatabase("shop");
        query.setSql(sql);
        send(EventType.QUERY, query);
        return query;
    }

    private void send(EventType type, @Nullable EventData data) {
        EventHeaderV4 header = new EventHeaderV4();
        header.setEventType(type);
        watch.onEvent(new Event(header, data));
    }

    private void assertStopped(String id, TableId... tables) {
        List<Trouble> troubles = stops.stopAt(LATER);
        assertThat(troubles).extracting(Trouble::table).containsExactly(tables);
        assertThat(troubles).extracting(Trouble::id).containsOnly(id);
        assertThat(troubles.get(0).place().event()).isEqualTo(2);
    }

    private void assertNothingStopped() {
        assertThatCode(watch::requireWhole).doesNotThrowAnyException();
        assertThat(stops.stopAt(LATER)).isEmpty();
    }

    private static BitSet columns(int count) {
        BitSet columns = new BitSet();
        columns.set(0, count);
        return columns;
    }

    private static CapturedTable captured(TableId table) {
        LogicalType type = LogicalType.of(LogicalType.Kind.INT32);
        return CapturedTable.whole(new Table(
                table, List.of(new Column("a", type, false, "int"), new Column("b", type, true, "int")), List.of("a")));
    }
}
