package dev.crossfade.capture.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.capture.source.SourceTypes.Description;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceTypesTest {
    private static Description type(String dataType, String columnType) {
        return new Description(dataType, columnType, 0, 0, 0, 0);
    }

    @Test
    void labelsKeepQuotesCommasAndParentheses() {
        assertThat(SourceTypes.labels(type("enum", "enum('a','it''s','x,y','(b)','','''')")))
                .containsExactly("a", "it's", "x,y", "(b)", "", "'");
        assertThat(SourceTypes.labels(type("set", "set('r','g')"))).containsExactly("r", "g");
        assertThat(SourceTypes.labels(type("varchar", "varchar(10)"))).isEmpty();
    }

    @Test
    void labelThatLooksLikeAnAttributeIsALabel() {
        assertThat(SourceTypes.logicalType(type("enum", "enum('COMPRESSED','x unsigned')")))
                .isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "point, point",
        "geometry, geometry",
        "inet4, inet4",
        "uuid, uuid",
        "vector, vector(3)",
        "year, year(2)",
        "varchar, varchar(10) /*M!100301 COMPRESSED*/",
    })
    void typesOfWhichTheBytesAreNotSettledAreNotCarried(String dataType, String columnType) {
        assertThat(SourceTypes.logicalType(type(dataType, columnType))).isEmpty();
    }
}
