package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Secret;
import dev.crossfade.testkit.ChildProcess;
import dev.crossfade.testkit.KillingFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A run or an abort in a process of its own that is killed at a fault point: no shutdown hook, no connection closed in order. */
public final class KilledMigration {
    private static final Duration REACHED_WITHIN = Duration.ofMinutes(2);
    private static final String RUN = "run";
    private static final String ABORT = "abort";

    private KilledMigration() {}

    static void run(Sides sides, String name, String database, FaultPoint at) {
        run(sides.spec(name, database), database, at);
    }

    /** A run with this specification's settings, of all tables; those that have another key there have it here, if it is one column. */
    static void run(MigrationSpec spec, String database, FaultPoint at) {
        kill(RUN, spec, database, at.name());
    }

    /** The same, killed when it comes to {@code at} for the {@code times}th time. */
    static void run(MigrationSpec spec, String database, FaultPoint at, int times) {
        kill(RUN, spec, database, at + ":" + times);
    }

    static void abort(Sides sides, String name, String database, FaultPoint at) {
        kill(ABORT, sides.spec(name, database), database, at.name());
    }

    private static void kill(String work, MigrationSpec spec, String database, String at) {
        RunSettings settings = spec.settings();
        try (ChildProcess child = ChildProcess.running(KilledMigration.class)
                .jvmArgument("-Xmx512m")
                .jvmArgument("-XX:TieredStopAtLevel=1")
                .systemProperty(KillingFaults.PROPERTY, at)
                .arguments(
                        work,
                        spec.name(),
                        database,
                        spec.source().url(),
                        spec.source().user(),
                        spec.source().password().reveal(),
                        spec.target().url(),
                        spec.target().user(),
                        spec.target().password().reveal(),
                        String.valueOf(spec.kafka().get("bootstrap.servers")),
                        Integer.toString(settings.changePartitions()),
                        Integer.toString(settings.readers()),
                        Integer.toString(settings.chunkBytes()),
                        Integer.toString(settings.batchBytes()),
                        Long.toString(settings.unappliedBytes()),
                        keys(spec))
                .start()) {
            assertThat(child.awaitExit(REACHED_WITHIN))
                    .as("killed at %s; the child said:%n%s", at, String.join("\n", child.output()))
                    .isEqualTo(ChildProcess.KILLED);
        }
    }

    /** {@code TABLE=COLUMN} for each rule with a key, with a space between them. */
    private static String keys(MigrationSpec spec) {
        return spec.tables().stream()
                .flatMap(rule -> rule.key().stream()
                        .map(key -> rule.fromTable() + "=" + key.columns().get(0)))
                .collect(Collectors.joining(" "));
    }

    private static List<TableRule> rules(String database, String keys) {
        List<TableRule> rules = new ArrayList<>();
        for (String key : keys.isEmpty() ? new String[0] : keys.split(" ", -1)) {
            String table = key.substring(0, key.indexOf('='));
            rules.add(Sides.keyed(rules.size() + 1, database, table, key.substring(table.length() + 1)));
        }
        rules.add(Sides.rule(rules.size() + 1, database, "*", "*"));
        return rules;
    }

    public static void main(String[] arguments) throws InterruptedException {
        MigrationSpec spec = new MigrationSpec(
                arguments[1],
                new DatabaseAccess(arguments[3], arguments[4], new Secret(arguments[5])),
                new DatabaseAccess(arguments[6], arguments[7], new Secret(arguments[8])),
                Map.of("bootstrap.servers", arguments[9]),
                rules(arguments[2], arguments[15]),
                new RunSettings(
                        Integer.parseInt(arguments[10]),
                        Integer.parseInt(arguments[11]),
                        Integer.parseInt(arguments[12]),
                        Integer.parseInt(arguments[13]),
                        Long.parseLong(arguments[14])));
        Migration migration = Migration.of(spec, KafkaSource.at(spec.kafka()), KillingFaults.configured());
        if (arguments[0].equals(RUN)) {
            migration.run(RunOptions.UNTIL_STOPPED, new Silent());
        } else {
            migration.abort(AbortOptions.ALL, new Silent());
        }
    }

    /** Listens and says nothing. */
    static final class Silent implements MigrationListener, AbortListener {
        @Override
        public void phase(Phase phase) {}

        @Override
        public void progress(MigrationProgress progress) {}

        @Override
        public void removed(Removal removal) {}

        @Override
        public void message(String text) {}
    }
}
