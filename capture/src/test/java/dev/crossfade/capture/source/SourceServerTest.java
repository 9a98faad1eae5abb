package dev.crossfade.capture.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceServerTest {
    @ParameterizedTest
    @CsvSource({
        "11.4.5-MariaDB-log, mariadb.org binary distribution, MARIADB, 11, 4",
        "5.5.5-10.6.16-MariaDB, Debian, MARIADB, 10, 6",
        "10.11.6, MariaDB Server, MARIADB, 10, 11",
        "8.0.36, MySQL Community Server - GPL, MYSQL, 8, 0",
        "9.6.0-commercial, MySQL Enterprise, MYSQL, 9, 6",
        "8.0.mysql_aurora.3.04.0, Source distribution, MYSQL, 8, 0",
    })
    void productAndVersionAreReadFromWhatTheServerSays(
            String version, String comment, SourceProduct product, int major, int minor) {
        assertThat(SourceServer.parse(version, comment)).isEqualTo(new SourceServer(product, version, major, minor));
    }
}
