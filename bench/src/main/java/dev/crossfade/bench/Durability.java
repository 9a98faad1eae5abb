package dev.crossfade.bench;

import java.util.Map;

/** What the database servers wait for at a commit. Kafka's log is not forced to disk in either case. */
enum Durability {
    /** As in the tests and the demo: a commit survives the process, not the machine. */
    PROCESS("commits not forced to disk") {
        @Override
        String[] mariaDbArguments() {
            return new String[0];
        }

        @Override
        Map<String, String> postgresSettings() {
            return Map.of();
        }
    },

    /** As in production: each commit is on disk. */
    DISK("every commit forced to disk") {
        @Override
        String[] mariaDbArguments() {
            return new String[] {"--innodb-flush-log-at-trx-commit=1", "--sync-binlog=1"};
        }

        @Override
        Map<String, String> postgresSettings() {
            return Map.of("fsync", "on", "full_page_writes", "on");
        }
    };

    private final String text;

    Durability(String text) {
        this.text = text;
    }

    /** For the table. */
    String text() {
        return text;
    }

    abstract String[] mariaDbArguments();

    abstract Map<String, String> postgresSettings();
}
