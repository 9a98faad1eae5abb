package dev.crossfade.app.command;

import dev.crossfade.app.config.MigrationFile;
import dev.crossfade.app.screen.ParityTable;
import dev.crossfade.app.screen.VerifyScreen;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.pipeline.KafkaSource;
import dev.crossfade.pipeline.Migration;
import dev.crossfade.pipeline.VerifyOptions;
import dev.crossfade.verify.ParityFiles;
import dev.crossfade.verify.ParityReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code crossfade verify}. */
@Command(
        name = "verify",
        customSynopsis = "crossfade verify -c FILE [--table SCHEMA.TABLE]... [--report DIR]",
        header = "Prove that both sides hold the same rows.",
        description = {
            "Takes a snapshot of each database at the same place in the source's log, while writes go on, and compares every row:"
                    + " counts, 128-bit checksums, and the columns of rows that differ.",
            "",
            "The run must be on, since it brings the target to that place."
        },
        footer = {
            "%n@|bold Examples|@",
            "  crossfade verify -c shop.yml",
            "  crossfade verify -c shop.yml --table shop.orders --table shop.customers",
            "  crossfade verify -c shop.yml --report parity    @|faint # for the sign-off|@"
        })
final class VerifyCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private final FileOptions options = new FileOptions();

    @Option(
            names = "--table",
            paramLabel = "SCHEMA.TABLE",
            description = "Only this table, by its name on either side. May be given several times.")
    private List<String> tables = List.of();

    @Option(names = "--report", paramLabel = "DIR", description = "Also write parity.json and parity.md there.")
    private Optional<Path> report = Optional.empty();

    VerifyCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        MigrationFile file = options.read(context.environment());
        context.log().openIn(file.home(), "verify.log");
        Migration migration =
                Migration.of(file.spec(), KafkaSource.at(file.spec().kafka()), context.faults());
        ParityReport parity;
        try (VerifyScreen screen = new VerifyScreen(context.terminal(), context.out())) {
            parity = migration.verify(new VerifyOptions(tables, VerifyOptions.ALL.maxFindingsPerTable()), screen);
        }
        ParityTable.lines(parity, context.terminal().width(), context.terminal().style())
                .forEach(context.out()::println);
        report.ifPresent(directory -> write(parity, directory));
        context.out().flush();
        return parity.exitCode();
    }

    private void write(ParityReport parity, Path directory) {
        try {
            ParityFiles.write(parity, directory);
        } catch (IOException failure) {
            throw new MigrationException(
                    ErrorKind.PLAN,
                    "cannot write the report to " + directory + "; the verdict was "
                            + parity.verdict().word() + ". Hint: name a directory that can be written",
                    failure);
        }
        context.out().println("report  " + directory.resolve("parity.json") + ", " + directory.resolve("parity.md"));
    }
}
