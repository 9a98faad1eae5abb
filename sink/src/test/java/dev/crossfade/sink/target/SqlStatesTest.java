package dev.crossfade.sink.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlStatesTest {
    @ParameterizedTest
    @ValueSource(strings = {"08006", "08001", "57P01", "57P02", "57P03", "53300", "40001", "40P01"})
    void whatPassesByItselfIsTriedAgain(String state) {
        assertThat(SqlStates.isTransient(new SQLException("", state))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"22001", "23505", "28P01", "3D000", "42501", "42P01", "53100", "57014"})
    void whatSomebodyMustMendIsNot(String state) {
        assertThat(SqlStates.isTransient(new SQLException("", state))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"22001", "23505", "54000", "42P01", "42703", "42501", "P0001", "55000"})
    void whatHangsOnOneTableStopsItAlone(String state) {
        assertThat(SqlStates.isRefusedByTable(new SQLException("", state))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"08006", "53100", "25006", "57014", "28P01", "40001"})
    void whatConcernsEveryTableStopsNone(String state) {
        assertThat(SqlStates.isRefusedByTable(new SQLException("", state))).isFalse();
    }

    @Test
    void messageNeverHoldsTheServersText() {
        SQLException failure = new SQLException("Key (id)=(secret) already exists", "23505");

        assertThat(TargetErrors.of("write", failure))
                .hasMessage(
                        "target: cannot write: SQLSTATE 23505, the key is there already; nothing was changed by it");
        assertThat(SqlStates.describe(null)).isEqualTo("no SQLSTATE");
    }

    @Test
    void quotedNamesAreOneIdentifier() {
        assertThat(Names.quote("a\"; drop table b; --")).isEqualTo("\"a\"\"; drop table b; --\"");
        assertThat(Names.isTooLong("ü".repeat(32))).isTrue();
        assertThat(Names.isTooLong("u".repeat(63))).isFalse();
    }
}
