package dev.crossfade.app.command;

import dev.crossfade.app.config.MigrationFile;
import dev.crossfade.pipeline.KafkaSource;
import dev.crossfade.pipeline.Migration;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code crossfade stop}. */
@Command(
        name = "stop",
        customSynopsis = "crossfade stop -c FILE [--wait SECONDS]",
        header = "Stop a run, wherever it runs.",
        description =
                "Writes the wish into the target, where the run finds it, and waits until it has ended. What was copied and"
                        + " captured stays; run goes on from there.",
        footer = {"%n@|bold Example|@", "  crossfade stop -c shop.yml"})
final class StopCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private final FileOptions options = new FileOptions();

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long to wait for the end; ${DEFAULT-VALUE} by default.")
    private int waitSeconds;

    StopCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        MigrationFile file = options.read(context.environment());
        Migration migration =
                Migration.of(file.spec(), KafkaSource.at(file.spec().kafka()), context.faults());
        boolean ran = migration.stop(Duration.ofSeconds(waitSeconds));
        context.out()
                .println(file.spec().name() + (ran ? " is stopped" : " was not running; nothing was changed")
                        + ". Go on with: crossfade run -c " + options.path());
        context.out().flush();
        return ExitCodes.DONE;
    }
}
