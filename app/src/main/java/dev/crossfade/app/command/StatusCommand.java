package dev.crossfade.app.command;

import dev.crossfade.app.config.MigrationFile;
import dev.crossfade.app.screen.StatusView;
import dev.crossfade.pipeline.KafkaSource;
import dev.crossfade.pipeline.Migration;
import dev.crossfade.pipeline.MigrationStatus;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code crossfade status}. */
@Command(
        name = "status",
        customSynopsis = "crossfade status -c FILE [--json | --watch]",
        header = "Show where a migration stands.",
        description = "Asks the target, so it works from any machine, whether the migration runs or not.",
        footer = {
            "%n@|bold Examples|@",
            "  crossfade status -c shop.yml",
            "  crossfade status -c shop.yml --watch",
            "  crossfade status -c shop.yml --json | jq .phase"
        })
final class StatusCommand implements Callable<Integer> {
    private static final int WATCH_SECONDS = 2;

    private final CommandContext context;

    @Mixin
    private final FileOptions options = new FileOptions();

    @ArgGroup
    private Form form = new Form();

    /** At most one of these. */
    static final class Form {
        @Option(names = "--json", description = "As one JSON object with stable keys.")
        private boolean json;

        @Option(names = "--watch", description = "Again every " + WATCH_SECONDS + " seconds, until Ctrl-C.")
        private boolean watch;
    }

    StatusCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        MigrationFile file = options.read(context.environment());
        String name = file.spec().name();
        Migration migration =
                Migration.of(file.spec(), KafkaSource.at(file.spec().kafka()), context.faults());
        Clock clock = Clock.systemUTC();
        PrintWriter out = context.out();
        if (form.json) {
            out.println(StatusJson.of(name, migration.status()));
            out.flush();
            return ExitCodes.DONE;
        }
        int drawn = 0;
        while (true) {
            Optional<MigrationStatus> status = migration.status();
            List<String> lines = StatusView.lines(
                    name,
                    status,
                    clock.instant(),
                    context.terminal().width() - 1,
                    context.terminal().style());
            boolean live = form.watch && context.terminal().live();
            out.print(live && drawn > 0 ? "\033[" + drawn + "A\r" : "");
            lines.forEach(line -> out.print(line + (live ? "\033[K" : "") + "\n"));
            out.print(live ? "\033[J" : "");
            out.flush();
            drawn = lines.size();
            if (!form.watch) {
                return ExitCodes.DONE;
            }
            TimeUnit.SECONDS.sleep(WATCH_SECONDS);
        }
    }
}
