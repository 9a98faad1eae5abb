package dev.crossfade.app.command;

import dev.crossfade.app.config.MigrationFile;
import dev.crossfade.app.screen.PhaseWords;
import dev.crossfade.app.screen.ProgressScreen;
import dev.crossfade.app.screen.Signals;
import dev.crossfade.app.screen.Style;
import dev.crossfade.pipeline.KafkaSource;
import dev.crossfade.pipeline.Migration;
import dev.crossfade.pipeline.Phase;
import dev.crossfade.pipeline.RunOptions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code crossfade run}. */
@Command(
        name = "run",
        customSynopsis = "crossfade run -c FILE [--until PHASE]",
        header = "Run a migration, or go on with it.",
        description = {
            "Checks both databases and the file, plans, copies what is there, applies what changes meanwhile, and then keeps the"
                    + " target in step with the source until you stop it.",
            "",
            "Nothing is written before every check has passed. After any kind of end, the same command goes on where it was."
        },
        footer = {
            "%n@|bold Examples|@",
            "  crossfade run -c shop.yml                      @|faint # until it is stopped|@",
            "  crossfade run -c shop.yml --until shadowing    @|faint # until the target follows|@",
            "",
            "The log and the embedded Kafka are in .crossfade/<migration> beside the file."
        })
final class RunCommand implements Callable<Integer> {
    /** Reads a phase by its key. */
    static final class PhaseConverter implements ITypeConverter<Phase> {
        @Override
        public Phase convert(String value) {
            return PhaseWords.parse(value)
                    .filter(phase -> phase != Phase.PLANNED)
                    .orElseThrow(() -> new TypeConversionException("'" + value
                            + "' is no phase to run to, must be one of " + String.join(", ", new UntilPhases())));
        }
    }

    /** For the help. */
    static final class UntilPhases extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        UntilPhases() {
            super(PhaseWords.keys().stream()
                    .filter(key -> !key.equals(PhaseWords.key(Phase.PLANNED)))
                    .toList());
        }
    }

    private final CommandContext context;

    @Mixin
    private final FileOptions options = new FileOptions();

    @Option(
            names = "--until",
            paramLabel = "PHASE",
            converter = PhaseConverter.class,
            completionCandidates = UntilPhases.class,
            description = "End once this phase is reached: ${COMPLETION-CANDIDATES}.")
    private Optional<Phase> until = Optional.empty();

    RunCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        MigrationFile file = options.read(context.environment());
        context.log().openIn(file.home(), "crossfade.log");
        KafkaSource kafka = file.usesEmbeddedKafka()
                ? new EmbeddedKafka(file.home())
                : KafkaSource.at(file.spec().kafka());
        Migration migration = Migration.of(file.spec(), kafka, context.faults());
        AtomicBoolean interrupted = new AtomicBoolean();
        greet(file);
        try (ProgressScreen screen =
                new ProgressScreen(file.spec().name(), context.terminal(), context.out(), Clock.systemUTC())) {
            List.of("INT", "TERM")
                    .forEach(signal -> Signals.on(signal, () -> onSignal(migration, screen, interrupted)));
            screen.message("checking the file against both databases …");
            migration.run(new RunOptions(until), screen);
        }
        return farewell(interrupted.get());
    }

    /** The first one stops in order; the second one does what kill -9 would, which is safe too. */
    private void onSignal(Migration migration, ProgressScreen screen, AtomicBoolean interrupted) {
        if (interrupted.compareAndSet(false, true)) {
            screen.message("stopping; what is under way is finished or undone … (again to halt at once)");
            migration.requestStop();
        } else {
            screen.abandon();
            Runtime.getRuntime().halt(ExitCodes.INTERRUPTED);
        }
    }

    private void greet(MigrationFile file) {
        Style style = context.terminal().style();
        context.out()
                .println(style.bold(file.spec().name()) + "  "
                        + file.spec().source().url() + " " + style.arrow() + " "
                        + file.spec().target().url());
        context.log().file().ifPresent(path -> context.out().println(style.dim("log " + path)));
        context.out().flush();
    }

    private int farewell(boolean interrupted) {
        Style style = context.terminal().style();
        if (interrupted) {
            context.out().println("stopped; everything that was reported is durable");
        } else if (until.isPresent()) {
            context.out()
                    .println(style.yes() + " " + PhaseWords.words(until.get()) + " reached; everything is durable");
        } else {
            context.out().println("stopped on request; everything is durable");
        }
        context.out().println("go on with  " + style.bold("crossfade run -c " + options.path()));
        context.out().flush();
        return interrupted && until.isPresent() ? ExitCodes.INTERRUPTED : ExitCodes.DONE;
    }
}
