package dev.crossfade.pipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.capture.source.CascadingKey;
import dev.crossfade.capture.source.RefusedColumn;
import dev.crossfade.capture.source.SourceColumn;
import dev.crossfade.capture.source.SourceIndex;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.Column;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.Problem;
import dev.crossfade.model.TableId;
import dev.crossfade.pipeline.plan.BegunDefinitions.Definitions;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BegunDefinitionsTest {
    private static final SourceTable THEN = table("id", "name");

    private static SourceTable table(String... columns) {
        return new SourceTable(
                new TableId("shop", "items"),
                "InnoDB",
                List.of(columns).stream()
                        .map(name -> new SourceColumn(
                                new Column(name, LogicalType.text(10), true, "varchar(10)"),
                                "varchar",
                                false,
                                Optional.of("utf8mb4"),
                                Optional.empty(),
                                false,
                                List.of()))
                        .toList(),
                List.of(),
                List.of("id"),
                false,
                List.of(),
                10,
                1_000,
                List.of());
    }

    private static final Definitions EVERY_KIND = new Definitions(
            List.of(new SourceTable(
                    new TableId("shop", "items"),
                    "InnoDB",
                    List.of(
                            new SourceColumn(
                                    new Column("größe \"1\"", LogicalType.text(10), true, "varchar(10)"),
                                    "varchar",
                                    false,
                                    Optional.of("utf8mb4"),
                                    Optional.empty(),
                                    false,
                                    List.of()),
                            new SourceColumn(
                                    new Column("state", LogicalType.of(LogicalType.Kind.ENUM), false, "enum('a','b')"),
                                    "enum",
                                    false,
                                    Optional.of("latin1"),
                                    Optional.of("latin1_bin"),
                                    true,
                                    List.of("a", "b"))),
                    List.of(new RefusedColumn("place", "point", "is spatial")),
                    List.of("id"),
                    false,
                    List.of(new SourceIndex("by_state", true, List.of("state"), true, true)),
                    10,
                    1L << 60,
                    List.of(new Problem(ErrorKind.SOURCE, "ENGINE", "table shop.items", "seen", "")))),
            List.of(new CascadingKey(
                    "item_parent",
                    new TableId("shop", "items"),
                    List.of("parent"),
                    new TableId("shop", "parents"),
                    List.of("id"),
                    "RESTRICT",
                    "SET NULL",
                    false)));

    /** {@link #EVERY_KIND} as migrations that have begun already keep it, apart from white space. */
    private static final String KEPT = """
            {"tables":[{"id":{"schema":"shop","name":"items"},"engine":"InnoDB","columns":[
              {"column":{"name":"größe \\"1\\"","type":{"kind":"TEXT","precision":10,"scale":0},"nullable":true,
                "declaration":"varchar(10)"},"dataType":"varchar","unsigned":false,"charset":"utf8mb4",
                "collation":null,"generated":false,"labels":[]},
              {"column":{"name":"state","type":{"kind":"ENUM","precision":0,"scale":0},"nullable":false,
                "declaration":"enum('a','b')"},"dataType":"enum","unsigned":false,"charset":"latin1",
                "collation":"latin1_bin","generated":true,"labels":["a","b"]}],
              "refused":[{"name":"place","declaration":"point","reason":"is spatial"}],"key":["id"],
              "keyHasPrefix":false,"indexes":[{"name":"by_state","unique":true,"columns":["state"],
                "wholeColumns":true,"columnsOnly":true}],"estimatedRows":10,"dataBytes":1152921504606846976,
              "problems":[{"kind":"SOURCE","code":"ENGINE","subject":"table shop.items","seen":"seen","remedy":""}]}],
            "keys":[{"name":"item_parent","child":{"schema":"shop","name":"items"},"childColumns":["parent"],
              "parent":{"schema":"shop","name":"parents"},"parentColumns":["id"],"onUpdate":"RESTRICT",
              "onDelete":"SET NULL","logged":false}]}""";

    @Test
    void definitionsAreKeptAsTheyWere() {
        assertThat(Definitions.of(EVERY_KIND.toText())).isEqualTo(EVERY_KIND);
    }

    @Test
    void whatEarlierReleasesKeptIsReadAndIsWrittenAlike() {
        assertThat(Definitions.of(KEPT)).isEqualTo(EVERY_KIND);
        assertThat(EVERY_KIND.toText()).isEqualTo(KEPT.replaceAll("\n *", ""));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "`\"engine\":\"InnoDB\",` | `` | Missing creator property 'engine'",
                "`\"InnoDB\"` | null | Null value for creator property 'engine'",
                "`\"unsigned\":false` | `\"unsigned\":null` | Cannot map `null` into type `boolean`",
                "`\"unsigned\":false` | `\"unsigned\":0` | Cannot coerce Integer value (0) to `boolean`",
                "`\"estimatedRows\":10` | `\"estimatedRows\":\"10\"` | Cannot coerce String value (\"10\") to `long`",
                "TEXT | GREEN | LogicalType$Kind",
                "`\"key\":[` | `\"key\":[null,` | Cannot construct instance of"
            })
    void whatIsMissingOrOfAnotherKindIsRefused(String there, String instead, String seen) {
        String text = KEPT.replaceFirst(Pattern.quote(there), Matcher.quoteReplacement(instead));

        assertThatThrownBy(() -> Definitions.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(seen);
    }

    @Test
    void whatDiffersIsSaidAndNothingElse() {
        assertThat(BegunDefinitions.difference(THEN, Optional.of(table("id", "name"))))
                .isEmpty();
        assertThat(BegunDefinitions.difference(THEN, Optional.of(table("id", "title"))))
                .contains("the columns of shop.items were (id varchar(10), name varchar(10)), are (id varchar(10),"
                        + " title varchar(10))");
        assertThat(BegunDefinitions.difference(THEN, Optional.empty()))
                .contains("table shop.items is not there any more");
    }
}
