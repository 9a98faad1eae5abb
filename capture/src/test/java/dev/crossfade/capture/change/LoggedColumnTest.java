package dev.crossfade.capture.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LoggedColumnTest {
    private static LoggedColumn column(String type) {
        return LoggedColumn.of(type, OptionalInt.empty(), OptionalInt.empty(), null);
    }

    private static LoggedColumn column(String type, int length) {
        return LoggedColumn.of(type, OptionalInt.of(length), OptionalInt.empty(), null);
    }

    private static LoggedColumn column(String type, int length, int scale) {
        return LoggedColumn.of(type, OptionalInt.of(length), OptionalInt.of(scale), null);
    }

    @Test
    void signsAndWidthsOfIntegersAreToldApart() {
        assertThat(column("int").fits(LogicalType.of(Kind.INT32))).isTrue();
        assertThat(column("INT UNSIGNED").fits(LogicalType.of(Kind.INT32))).isFalse();
        assertThat(column("INT UNSIGNED").fits(LogicalType.of(Kind.INT64))).isTrue();
        assertThat(column("int unsigned zerofill").fits(LogicalType.of(Kind.INT64)))
                .isTrue();
        assertThat(column("SMALLINT UNSIGNED").fits(LogicalType.of(Kind.INT32))).isTrue();
        assertThat(column("BIGINT").fits(LogicalType.of(Kind.UINT64))).isFalse();
        assertThat(column("tinyint(1)").fits(LogicalType.of(Kind.INT8))).isTrue();
    }

    @Test
    void aLongerTextDoesNotFitAndAShorterOneDoes() {
        assertThat(column("VARCHAR", 20).fits(LogicalType.text(20))).isTrue();
        assertThat(column("VARCHAR", 21).fits(LogicalType.text(20))).isFalse();
        assertThat(column("CHAR", 5).fits(LogicalType.text(20))).isTrue();
        assertThat(column("TEXT").fits(LogicalType.text(20))).isFalse();
        assertThat(column("LONGTEXT").fits(LogicalType.text(0))).isTrue();
    }

    @Test
    void decimalsNeedTheScaleOfThePlan() {
        assertThat(column("DECIMAL", 10, 2).fits(LogicalType.decimal(10, 2))).isTrue();
        assertThat(column("NUMERIC", 10, 4).fits(LogicalType.decimal(10, 2))).isFalse();
        assertThat(column("DECIMAL", 12, 2).fits(LogicalType.decimal(10, 2))).isFalse();
    }

    @Test
    void datetimeIsNotTimestamp() {
        assertThat(column("DATETIME", 6).fits(LogicalType.temporal(Kind.TIMESTAMP, 6)))
                .isTrue();
        assertThat(column("TIMESTAMP", 6).fits(LogicalType.temporal(Kind.TIMESTAMP, 6)))
                .isFalse();
        assertThat(column("DATETIME", 6).fits(LogicalType.temporal(Kind.TIMESTAMP, 3)))
                .isFalse();
    }

    @Test
    void onlyBinaryHasAFixedLength() {
        assertThat(column("BINARY", 16).fixedBytes()).isEqualTo(16);
        assertThat(column("VARBINARY", 16).fixedBytes()).isZero();
    }
}
