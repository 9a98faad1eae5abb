package dev.crossfade.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class CorporaIT {
    @Test
    void loadsSakilaAsItIs() {
        Corpora.orSkip("sakila");
        try (MariaDbServer server = MariaDbServer.start("--innodb-buffer-pool-size=64M")) {
            String database = Corpora.load("sakila", server);

            DatabaseDump.Relation rentals =
                    new DatabaseDump.Relation(() -> server.connect(database), database, "rental");
            assertThat(DatabaseDump.between(rentals, rentals).assertEqual()).isEqualTo(16_044);
        }
    }

    @Test
    void skipsTheTestOfACorpusThatIsNotThere() {
        assertThatThrownBy(() -> Corpora.orSkip("absent"))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("corpora/absent");
        assertThat(Corpora.find("absent")).isEmpty();
    }
}
