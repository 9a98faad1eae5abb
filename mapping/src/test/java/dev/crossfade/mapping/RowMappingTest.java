package dev.crossfade.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.Column;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.model.codec.RowWriter;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowMappingTest {
    private static final Table SOURCE = new Table(
            new TableId("shop", "order_lines"),
            List.of(
                    column("order_id", LogicalType.of(Kind.INT64)),
                    column("line", LogicalType.of(Kind.INT16)),
                    column("note", LogicalType.text(200)),
                    column("price", LogicalType.decimal(12, 2))),
            List.of("line", "order_id"));

    @Test
    void renamesDropsAndReordersColumns() {
        Table target = new Table(
                new TableId("public", "lines"),
                List.of(
                        column("price", LogicalType.decimal(12, 2)),
                        column("number", LogicalType.of(Kind.INT16)),
                        column("order", LogicalType.of(Kind.INT64))),
                List.of("number", "order"));
        RowMapping mapping = RowMapping.compile(new TablePlan(SOURCE, target, List.of("price", "line", "order_id")));

        Row mapped = mapping.apply(line(5_000_000_000L, 7, "dropped", "19.90"));

        RowWriter expected = new RowWriter(64);
        expected.startRow(3);
        writePrice(expected, "19.90");
        expected.writeInt16(7);
        expected.writeInt64(5_000_000_000L);
        assertThat(mapped).isEqualTo(expected.toRow());
        assertThat(mapping.sourceFields()).containsExactly(3, 1, 0);
    }

    @Test
    void keysAreInTheOrderOfTheirOwnSide() {
        Table target = new Table(SOURCE.id(), SOURCE.columns(), List.of("order_id", "line"));
        RowMapping mapping = identity(target);
        Row row = line(42, 7, "n", "1.00");

        RowWriter sourceKey = new RowWriter(64);
        sourceKey.startRow(2);
        sourceKey.writeInt16(7);
        sourceKey.writeInt64(42);
        RowWriter targetKey = new RowWriter(64);
        targetKey.startRow(2);
        targetKey.writeInt64(42);
        targetKey.writeInt16(7);

        assertThat(mapping.sourceKey(row)).isEqualTo(sourceKey.toKey());
        assertThat(mapping.targetKey(mapping.apply(row))).isEqualTo(targetKey.toKey());
    }

    @Test
    void anIdentityMappingKeepsEveryByteNullsIncluded() {
        RowWriter writer = new RowWriter(64);
        writer.startRow(4);
        writer.writeInt64(1);
        writer.writeInt16(2);
        writer.writeNull();
        writer.writeNull();
        Row row = writer.toRow();

        assertThat(identity(SOURCE).apply(row)).isEqualTo(row);
    }

    @Test
    void oneSourceColumnMayFillSeveralTargetColumns() {
        Table target = new Table(
                new TableId("public", "lines"),
                List.of(column("a", LogicalType.of(Kind.INT64)), column("b", LogicalType.of(Kind.INT64))),
                List.of("a"));
        RowMapping mapping = RowMapping.compile(new TablePlan(SOURCE, target, List.of("order_id", "order_id")));

        Row mapped = mapping.apply(line(42, 7, "n", "1.00"));

        RowWriter key = new RowWriter(16);
        key.startRow(1);
        key.writeInt64(42);
        RowKey expected = key.toKey();
        assertThat(mapped.key(new int[] {0})).isEqualTo(expected);
        assertThat(mapped.key(new int[] {1})).isEqualTo(expected);
    }

    @Test
    void aTargetColumnOfAnotherKindIsRefusedByName() {
        Table target = new Table(
                new TableId("public", "lines"),
                List.of(column("number", LogicalType.of(Kind.INT32))),
                List.of("number"));

        assertThatThrownBy(() -> RowMapping.compile(new TablePlan(SOURCE, target, List.of("line"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("column number of public.lines is INT32")
                .hasMessageContaining("line is INT16");
    }

    @Test
    void theListOfSourceFieldsIsACopy() {
        RowMapping mapping = identity(SOURCE);

        mapping.sourceFields()[0] = 3;

        assertThat(mapping.sourceFields()).containsExactly(0, 1, 2, 3);
    }

    private static RowMapping identity(Table target) {
        return RowMapping.compile(new TablePlan(
                SOURCE, target, SOURCE.columns().stream().map(Column::name).toList()));
    }

    private static Row line(long order, int number, String note, String price) {
        RowWriter writer = new RowWriter(64);
        writer.startRow(4);
        writer.writeInt64(order);
        writer.writeInt16(number);
        writer.writeText(note);
        writePrice(writer, price);
        return writer.toRow();
    }

    private static void writePrice(RowWriter writer, String price) {
        writer.writeDecimal(new BigDecimal(price));
    }

    private static Column column(String name, LogicalType type) {
        return new Column(name, type, true, "");
    }
}
