package dev.crossfade.sink.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PostgresTypesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    BOOL      | 0  | 0  | boolean
                    INT8      | 0  | 0  | smallint
                    INT16     | 0  | 0  | smallint
                    INT32     | 0  | 0  | integer
                    INT64     | 0  | 0  | bigint
                    UINT64    | 0  | 0  | numeric(20,0)
                    DECIMAL   | 65 | 30 | numeric(65,30)
                    FLOAT32   | 0  | 0  | real
                    FLOAT64   | 0  | 0  | double precision
                    TEXT      | 40 | 0  | character varying(40)
                    TEXT      | 0  | 0  | text
                    TEXT      | 10485761 | 0 | text
                    BYTES     | 16 | 0  | bytea
                    DATE      | 0  | 0  | date
                    TIME      | 3  | 0  | time(3) without time zone
                    DURATION  | 6  | 0  | interval
                    TIMESTAMP | 0  | 0  | timestamp(0) without time zone
                    INSTANT   | 6  | 0  | timestamp(6) with time zone
                    YEAR      | 0  | 0  | smallint
                    BIT       | 10 | 0  | bit(10)
                    ENUM      | 0  | 0  | text
                    SET       | 0  | 0  | text
                    JSON      | 0  | 0  | jsonb
                    """)
    void everyKindHasItsType(Kind kind, int precision, int scale, String declaration) {
        assertThat(PostgresTypes.declaration(new LogicalType(kind, precision, scale)))
                .isEqualTo(declaration);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void everyKindCanTravelInAnArray(Kind kind) {
        LogicalType type = new LogicalType(kind, 1, 0);

        assertThat(PostgresTypes.arrayType(type)).startsWith("_");
        assertThat(PostgresTypes.elementOid(type)).isPositive();
    }

    @Test
    void decimalThatNumericCannotHoldIsRefused() {
        assertThatThrownBy(() -> PostgresTypes.declaration(LogicalType.decimal(1001, 0)))
                .hasMessageContaining("DECIMAL(1001,0)");
    }
}
