package dev.crossfade.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinlogPositionTest {
    @ParameterizedTest
    @CsvSource({
        "binlog.000001, 4, binlog.000001, 4, true",
        "binlog.000001, 5, binlog.000001, 4, true",
        "binlog.000001, 4, binlog.000001, 5, false",
        "binlog.000002, 4, binlog.000001, 999, true",
        "binlog.000001, 999, binlog.000002, 4, false",
        "binlog.1000000, 4, binlog.999999, 4, true", // the file's number, not its spelling
        "binlog.999999, 4, binlog.1000000, 4, false",
        "my.host-bin.000010, 4, my.host-bin.000009, 4, true"
    })
    void isOrderedByFileNumberThenOffset(
            String file, long offset, String otherFile, long otherOffset, boolean expected) {
        BinlogPosition position = new BinlogPosition(file, offset, "");
        BinlogPosition other = new BinlogPosition(otherFile, otherOffset, "0-1-9");

        assertThat(position.isAtOrAfter(other)).isEqualTo(expected);
    }

    @Test
    void refusesAFileWithoutANumberAndANegativeOffset() {
        assertThatThrownBy(() -> new BinlogPosition("binlog", 4, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BinlogPosition("binlog.000001", -1, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
    }

    @Test
    void isShownAsTheServerShowsIt() {
        assertThat(new BinlogPosition("binlog.000001", 4, "")).hasToString("binlog.000001:4");
        assertThat(new BinlogPosition("binlog.000001", 4, "0-1-7")).hasToString("binlog.000001:4 (0-1-7)");
    }
}
