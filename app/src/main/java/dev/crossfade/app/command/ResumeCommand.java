package dev.crossfade.app.command;

import dev.crossfade.app.config.MigrationFile;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.pipeline.KafkaSource;
import dev.crossfade.pipeline.Migration;
import dev.crossfade.pipeline.StoppedTables;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code crossfade resume}. */
@Command(
        name = "resume",
        customSynopsis = "crossfade resume -c FILE --table TABLE [--wait SECONDS]",
        header = "Take a stopped table up again.",
        description =
                "For when what stopped it is mended; status says what that is. The run applies what the table and those that"
                        + " stopped with it have missed, each change once; nothing else waits for it. Without a run the"
                        + " next one does.",
        footer = {"%n@|bold Example|@", "  crossfade resume -c shop.yml --table shop.orders"})
final class ResumeCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private final FileOptions options = new FileOptions();

    @Option(
            names = "--table",
            paramLabel = "TABLE",
            required = true,
            description = "The source table, as status names it.")
    private String table = "";

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long to wait until it runs; ${DEFAULT-VALUE} by default.")
    private int waitSeconds;

    ResumeCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        MigrationFile file = options.read(context.environment());
        Migration migration =
                Migration.of(file.spec(), KafkaSource.at(file.spec().kafka()), context.faults());
        Optional<StoppedTables> left = migration.resume(table, Duration.ofSeconds(waitSeconds));
        context.out()
                .println(left.map(stopped -> sentence(stopped, options.path().toString()))
                        .orElse(table + " runs again."));
        context.out().flush();
        return ExitCodes.DONE;
    }

    private static String sentence(StoppedTables left, String file) {
        return switch (left.state()) {
            case STOPPED ->
                throw new MigrationException(
                        ErrorKind.TARGET,
                        left.name() + " has stopped again: " + left.reason() + " [" + left.id()
                                + "]; what it has missed is kept");
            case WANTED -> left.name() + " will be taken up by the next run: crossfade run -c " + file;
            case COPYING, REPLAYING ->
                left.name() + " is " + left.state().word() + "; see: crossfade status -c " + file;
        };
    }
}
