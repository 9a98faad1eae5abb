package dev.crossfade.model.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.RowKey;
import dev.crossfade.model.TableId;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys and partitions are a format: a migration that has begun relies on these very values. */
class RecordKeysTest {
    private static final TableId PEOPLE = new TableId("public", "people");

    @ParameterizedTest
    @CsvSource({
        "1, 000000067075626c69630000000670656f706c6500010000000400000001",
        "-1, 000000067075626c69630000000670656f706c65000100000004ffffffff"
    })
    void theBytesOfAKeyAreFixed(int id, String hex) {
        assertThat(HexFormat.of().formatHex(RecordKeys.of(PEOPLE, key(id)))).isEqualTo(hex);
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 1, 2, 3, 3", "7, 0, 1, 1, 3, 11", "4711, 0, 1, 2, 1, 37", "-1, 0, 1, 1, 1, 17"})
    void thePartitionOfAKeyIsFixed(int id, int of1, int of2, int of3, int of4, int of64) {
        byte[] recordKey = RecordKeys.of(PEOPLE, key(id));

        assertThat(RecordKeys.partition(recordKey, 1)).isEqualTo(of1);
        assertThat(RecordKeys.partition(recordKey, 2)).isEqualTo(of2);
        assertThat(RecordKeys.partition(recordKey, 3)).isEqualTo(of3);
        assertThat(RecordKeys.partition(recordKey, 4)).isEqualTo(of4);
        assertThat(RecordKeys.partition(recordKey, 64)).isEqualTo(of64);
    }

    @Test
    void aTextKeysPartitionIsFixedToo() {
        byte[] recordKey = RecordKeys.of(new TableId("shop", "users"), textKey("Åse"));

        assertThat(HexFormat.of().formatHex(recordKey))
                .isEqualTo("0000000473686f70000000057573657273000100000004c3857365");
        assertThat(RecordKeys.partition(recordKey, 64)).isEqualTo(22);
    }

    @Test
    void tablesWhoseNamesRunTogetherHaveDifferentKeys() {
        assertThat(RecordKeys.of(new TableId("ab", "c"), key(1)))
                .isNotEqualTo(RecordKeys.of(new TableId("a", "bc"), key(1)));
    }

    @Test
    void keysInSequenceSpreadEvenly() {
        int[] seen = new int[4];

        for (int id = 0; id < 10_000; id++) {
            seen[RecordKeys.partition(RecordKeys.of(PEOPLE, key(id)), 4)]++;
        }

        for (int count : seen) {
            assertThat(count).isBetween(2_200, 2_800);
        }
    }

    private static RowKey key(int id) {
        RowWriter writer = new RowWriter(16);
        writer.startRow(1);
        writer.writeInt32(id);
        return writer.toKey();
    }

    private static RowKey textKey(String text) {
        RowWriter writer = new RowWriter(16);
        writer.startRow(1);
        writer.writeText(text);
        return writer.toKey();
    }
}
