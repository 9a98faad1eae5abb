package dev.crossfade.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.codec.RowWriter;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RowTest {
    @Test
    void aProjectionTakesFieldsInTheGivenOrderAndMayRepeatThem() {
        Row projected = row(7, "a").project(new int[] {2, 0, 0});

        assertThat(projected.fieldCount()).isEqualTo(3);
        assertThat(projected.isNull(0)).isTrue();
        assertThat(projected.lengthOf(1)).isEqualTo(4);
        assertThat(projected.project(new int[] {1})).isEqualTo(projected.project(new int[] {2}));
    }

    @Test
    void aKeyIsTheRowOfItsFields() {
        assertThat(row(7, "a").key(new int[] {1, 0}).row())
                .isEqualTo(row(7, "a").project(new int[] {1, 0}));
    }

    @Test
    void aKeyWithNullIsRefused() {
        assertThatThrownBy(() -> row(7, "a").key(new int[] {0, 2}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("field 1 of a key is NULL");
    }

    @Test
    void equalityIsByBytes() {
        assertThat(row(7, "a")).isEqualTo(row(7, "a")).hasSameHashCodeAs(row(7, "a"));
        assertThat(row(7, "a")).isNotEqualTo(row(7, "A"));
        assertThat(row(7, "a").key(new int[] {0})).isEqualTo(row(7, "b").key(new int[] {0}));
    }

    @Test
    void bytesThatAreNotOneWholeRowAreRefused() {
        byte[] whole = row(7, "a").bytes();
        byte[] longer = Arrays.copyOf(whole, whole.length + 1);
        byte[] shorter = Arrays.copyOf(whole, whole.length - 1);

        assertThatThrownBy(() -> new Row(longer)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Row(shorter)).isInstanceOf(RuntimeException.class);
    }

    @Test
    void valuesAreNeverShown() {
        assertThat(row(7, "secret").toString()).doesNotContain("secret", "7 ").contains("3 fields");
        assertThat(row(7, "secret").key(new int[] {1}).toString()).doesNotContain("secret");
    }

    private static Row row(int id, String text) {
        RowWriter writer = new RowWriter(64);
        writer.startRow(3);
        writer.writeInt32(id);
        writer.writeText(text);
        writer.writeNull();
        return writer.toRow();
    }
}
