package dev.crossfade.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RowNumberTest {
    private static final Column COLUMN = new Column("n", LogicalType.of(LogicalType.Kind.INT32), true, "int(11)");

    @Test
    void boundsARangeAsAKeyDoes() {
        KeyRange first = KeyRange.of(Optional.empty(), Optional.of(RowNumber.of(4001)));
        KeyRange second = KeyRange.of(Optional.of(RowNumber.of(4001)), Optional.empty());

        assertThat(first.isFollowedBy(second)).isTrue();
        assertThat(second.describe(RowNumber.COLUMNS)).isEqualTo("[(4001), last]");
    }

    @Test
    void standsInTheBoundsOfTablesWithoutAKeyAlone() {
        TableId id = new TableId("shop", "log");

        assertThat(new Table(id, List.of(COLUMN), List.of()).boundColumns()).isEqualTo(RowNumber.COLUMNS);
        assertThat(new Table(id, List.of(COLUMN), List.of("n")).boundColumns()).containsExactly(COLUMN);
    }

    @Test
    void keyOfARowWithoutAKeyHasNoField() {
        assertThat(RowKey.NONE.row().fieldCount()).isZero();
        assertThat(RowKey.NONE).isEqualTo(new Row(new byte[] {0, 1, -1, -1, -1, -1}).key(new int[0]));
    }
}
