package dev.crossfade.pipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.capture.source.SourceColumn;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.Column;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.TableId;
import dev.crossfade.pipeline.plan.BegunDefinitions.Definitions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

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

    @Test
    void aTableIsKeptAsItWas() {
        Definitions kept = new Definitions(List.of(THEN), List.of());

        assertThat(RecordJson.read(RecordJson.write(kept), Definitions.class)).isEqualTo(kept);
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
