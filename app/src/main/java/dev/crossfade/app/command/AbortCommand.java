package dev.crossfade.app.command;

import dev.crossfade.app.config.MigrationFile;
import dev.crossfade.app.screen.AbortView;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.pipeline.AbortListener;
import dev.crossfade.pipeline.AbortOptions;
import dev.crossfade.pipeline.AbortOptions.TargetTables;
import dev.crossfade.pipeline.AbortPlan;
import dev.crossfade.pipeline.KafkaSource;
import dev.crossfade.pipeline.Migration;
import dev.crossfade.pipeline.Removal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code crossfade abort}. */
@Command(
        name = "abort",
        customSynopsis = "crossfade abort -c FILE [--yes] [--keep-tables] [--wait SECONDS]",
        header = "Remove everything that a migration has made.",
        description = {
            "Shows what it will remove and asks. Then it stops the run, wherever it runs, and removes the migration's topics,"
                    + " consumer groups and open transactions in Kafka (or its embedded Kafka), its marker on the source, and"
                    + " its state on the target. Target tables that Crossfade created are dropped; those that were there"
                    + " before are emptied again.",
            "",
            "Other migrations, and whatever is yours, are not touched. After any kind of end, the same command goes on where it"
                    + " was; then the migration can begin anew."
        },
        footer = {
            "%n@|bold Examples|@",
            "  crossfade abort -c shop.yml                  @|faint # shows, and asks|@",
            "  crossfade abort -c shop.yml --yes            @|faint # for scripts|@",
            "  crossfade abort -c shop.yml --keep-tables    @|faint # the copied rows stay|@"
        })
final class AbortCommand implements Callable<Integer> {
    private static final String AGREED = "yes";

    private final CommandContext context;

    @Mixin
    private final FileOptions options = new FileOptions();

    @Option(names = "--yes", description = "Do not ask. Without a terminal nothing is removed otherwise.")
    private boolean yes;

    @Option(names = "--keep-tables", description = "Leave all target tables as they are, with their rows.")
    private boolean keepTables;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long to wait for a run to end; ${DEFAULT-VALUE} by default.")
    private int waitSeconds;

    AbortCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        MigrationFile file = options.read(context.environment());
        KafkaSource kafka = file.usesEmbeddedKafka()
                ? new EmbeddedKafka(file.home())
                : KafkaSource.at(file.spec().kafka());
        Migration migration = Migration.of(file.spec(), kafka, context.faults());
        TargetTables tables = keepTables ? TargetTables.KEEP : TargetTables.REMOVE;
        AbortView view = new AbortView(context.terminal().style());
        AbortPlan plan = migration.planAbort(tables);
        view.lines(plan).forEach(context.out()::println);
        context.out().flush();
        if (plan.isEmpty()) {
            return ExitCodes.DONE;
        }
        if (!yes && !isAgreed()) {
            throw unconfirmed(plan);
        }
        context.log().openIn(file.home(), "abort.log");
        Optional<AbortPlan> confirmed = yes ? Optional.empty() : Optional.of(plan);
        migration.abort(new AbortOptions(tables, Duration.ofSeconds(waitSeconds), confirmed), new Printing(view));
        context.out()
                .println("nothing of " + plan.migration()
                        + " is left" + (plan.stays().isEmpty() ? "" : " but what stays, as said above") + "; log "
                        + context.log().file().orElseThrow());
        context.out().flush();
        return ExitCodes.DONE;
    }

    private boolean isAgreed() {
        if (!context.terminal().live()) {
            return false;
        }
        context.out().print("Type " + AGREED + " to remove all of this: ");
        context.out().flush();
        try {
            String answer = new BufferedReader(context.in()).readLine();
            return answer != null && answer.strip().equals(AGREED);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the answer", e);
        }
    }

    private MigrationException unconfirmed(AbortPlan plan) {
        return MigrationException.of(
                List.of(new Problem(
                        ErrorKind.PLAN,
                        "ABORT-UNCONFIRMED",
                        "migration " + plan.migration(),
                        "what is listed above would be removed for good, and nobody has agreed to it",
                        "crossfade abort -c " + options.path() + (keepTables ? " --keep-tables" : "") + " --yes")),
                "nothing was removed");
    }

    private final class Printing implements AbortListener {
        private final AbortView view;

        Printing(AbortView view) {
            this.view = view;
        }

        @Override
        public void removed(Removal removal) {
            line(view.done(removal));
        }

        @Override
        public void message(String text) {
            line(text);
        }

        private void line(String text) {
            context.out().println(text);
            context.out().flush();
        }
    }
}
