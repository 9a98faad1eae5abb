package dev.crossfade.transform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.Fence;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.RowDelete;
import dev.crossfade.model.RowUpsert;
import dev.crossfade.model.TableStop;
import dev.crossfade.model.codec.Partitioning;
import dev.crossfade.model.codec.RecordKeys;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RowPartitionerTest {
    private final RowPartitioner partitioner = new RowPartitioner(new Partitioning(4, Shop.plan("shop")));

    @Test
    void aRowGoesToTheOnePartitionOfItsKey() {
        for (int id = 0; id < 100; id++) {
            byte[] key = RecordKeys.of(Shop.PEOPLE, Shop.key(id));
            Set<Integer> expected = Set.of(RecordKeys.partition(key, 4));

            assertThat(partitioner.partitions("rows", key, new RowUpsert(Shop.PEOPLE, Shop.person("e", id)), 4))
                    .contains(expected);
            assertThat(partitioner.partitions("rows", key, new RowDelete(Shop.PEOPLE, Shop.key(id)), 4))
                    .contains(expected);
        }
    }

    @Test
    void everyRowOfAGroupGoesToTheGroupsPartition() {
        RowPartitioner grouping = new RowPartitioner(new Partitioning(4, Shop.planOfGroup("shop", 4)));

        for (int id = 0; id < 100; id++) {
            byte[] key = RecordKeys.of(Shop.PEOPLE, Shop.key(id));
            RowChange change = new RowChange(
                    Shop.PEOPLE, Shop.POSITION.transaction(), Optional.empty(), Optional.of(Shop.person("e", id)));

            assertThat(grouping.partitions("rows", key, change, 5)).contains(Set.of(4));
        }
        assertThat(grouping.partitions("rows", new byte[0], new Fence("token", 2), 5))
                .contains(Set.of(0, 1, 2, 3, 4));
    }

    @Test
    void aFenceGoesToEveryPartition() {
        assertThat(partitioner.partitions("rows", new byte[0], new Fence("token", 2), 4))
                .contains(Set.of(0, 1, 2, 3));
    }

    @Test
    void theStopOfATableGoesToThePartitionWhereItStoodAmongTheChanges() {
        RowPartitioner grouping = new RowPartitioner(new Partitioning(4, Shop.planOfGroup("shop", 4)));
        TableStop stop = new TableStop(Shop.USERS, "TRUNCATE", "was truncated", "", Shop.POSITION.transaction());

        assertThat(partitioner.partitions("rows", new byte[0], stop, 4)).contains(Set.of(0));
        assertThat(grouping.partitions("rows", new byte[0], stop, 5)).contains(Set.of(4));
    }
}
