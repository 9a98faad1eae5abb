package dev.crossfade.model.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.Column;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitioningTest {
    private static final int HASHED = 4;

    @Test
    void recordsOfAGroupShareAPartitionWhateverTheirKeys() {
        Partitioning partitioning = new Partitioning(HASHED, plan(2, 2));

        for (int key = 0; key < 100; key++) {
            assertThat(partitioning.ofChange(source(0), new byte[] {(byte) key}))
                    .isEqualTo(4);
            assertThat(partitioning.ofRow(target(0), new byte[] {(byte) key})).isEqualTo(4);
            assertThat(partitioning.ofChange(source(1), new byte[] {(byte) key}))
                    .isEqualTo(5);
            assertThat(partitioning.ofRow(target(1), new byte[] {(byte) key})).isEqualTo(5);
        }
        assertThat(partitioning.total()).isEqualTo(6);
    }

    @Test
    void otherTablesAreSpreadByKeyOverTheFirstPartitions() {
        Partitioning partitioning = new Partitioning(HASHED, plan(2, 1));

        for (int key = 0; key < 100; key++) {
            byte[] recordKey = {(byte) key};
            int expected = RecordKeys.partition(recordKey, HASHED);
            assertThat(partitioning.ofChange(source(1), recordKey)).isEqualTo(expected);
            assertThat(partitioning.ofRow(target(1), recordKey)).isEqualTo(expected);
        }
        assertThat(partitioning.isOfGroups(HASHED - 1)).isFalse();
        assertThat(partitioning.isOfGroups(HASHED)).isTrue();
    }

    @Test
    void withoutGroupsThereAreNoOtherPartitions() {
        assertThat(new Partitioning(HASHED, plan(2, 0)).total()).isEqualTo(HASHED);
    }

    @Test
    void manyGroupsShareEightPartitions() {
        Partitioning partitioning = new Partitioning(HASHED, plan(20, 20));

        assertThat(partitioning.total()).isEqualTo(HASHED + 8);
        assertThat(partitioning.ofRow(target(8), new byte[0])).isEqualTo(partitioning.ofRow(target(0), new byte[0]));
        assertThat(partitioning.ofRow(target(7), new byte[0])).isEqualTo(HASHED + 7);
    }

    @Test
    void aGroupNeverSharesAPartitionWithRecordsSpreadByKey() {
        assertThatThrownBy(() -> new Partitioning(HASHED + 1, plan(1, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("order group g0 is in partition 4, which is one of the 5");
    }

    private static MigrationPlan plan(int tables, int groups) {
        List<TablePlan> plans = new ArrayList<>();
        for (int i = 0; i < tables; i++) {
            plans.add(new TablePlan(table(source(i)), table(target(i)), List.of("id")));
        }
        List<OrderGroup> orderGroups = new ArrayList<>();
        for (int i = 0; i < groups; i++) {
            orderGroups.add(new OrderGroup(
                    "g" + i, Partitioning.ofGroup(HASHED, i), Copy.SNAPSHOT, List.of(source(i)), List.of("cascade")));
        }
        return new MigrationPlan("shop", "0".repeat(64), plans, orderGroups, List.of());
    }

    private static TableId source(int number) {
        return new TableId("shop", "t" + number);
    }

    private static TableId target(int number) {
        return new TableId("public", "t" + number);
    }

    private static Table table(TableId id) {
        return new Table(id, List.of(new Column("id", LogicalType.of(Kind.INT32), false, "int")), List.of("id"));
    }
}
