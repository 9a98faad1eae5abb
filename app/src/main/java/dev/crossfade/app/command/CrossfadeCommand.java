package dev.crossfade.app.command;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;

/** {@code crossfade}: what stands above the commands. */
@Command(
        name = "crossfade",
        header = "Moves a live database to a new schema or a new engine.",
        description =
                "Copies what is there, replays what changes, and proves that both sides are equal, while the source is in"
                        + " use.",
        customSynopsis = "crossfade COMMAND [options]",
        versionProvider = CrossfadeCommand.Version.class,
        footer = {
            "%n@|bold First steps|@",
            "  crossfade demo                    @|faint # a live shop moves; nothing to install|@",
            "  crossfade run -c migration.yml    @|faint # the real thing|@",
            "  crossfade help run                @|faint # what a command takes|@"
        })
public final class CrossfadeCommand implements Callable<Integer> {
    /** From the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Optional.ofNullable(
                            CrossfadeCommand.class.getPackage().getImplementationVersion())
                    .orElse("(not packaged)");
            return new String[] {
                "Crossfade " + version + " on Java " + Runtime.version().feature()
            };
        }
    }

    private final CommandContext context;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            order = 98,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            order = 99,
            description = "Show the version.")
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private boolean version;

    private CrossfadeCommand(CommandContext context) {
        this.context = context;
    }

    /** Runs the command that the arguments name. */
    public static int execute(CommandContext context, String... arguments) {
        Failures failures = new Failures(context);
        CommandLine commandLine =
                build(context).setExecutionExceptionHandler(failures).setParameterExceptionHandler(failures);
        try {
            return commandLine.execute(arguments);
        } catch (Error error) { // picocli handles exceptions only; an out-of-memory error must leave a trace too
            return failures.report(error, commandLine, Optional.ofNullable(commandLine.getParseResult()));
        }
    }

    static CommandLine build(CommandContext context) {
        CommandLine commandLine = new CommandLine(new CrossfadeCommand(context));
        ServiceLoader.load(CommandExtension.class)
                .forEach(extension -> commandLine.addSubcommand(extension.command(context)));
        commandLine.addSubcommand(new RunCommand(context));
        commandLine.addSubcommand(new StatusCommand(context));
        commandLine.addSubcommand(new VerifyCommand(context));
        commandLine.addSubcommand(new ResumeCommand(context));
        commandLine.addSubcommand(new StopCommand(context));
        commandLine.addSubcommand(new AbortCommand(context));
        commandLine.addSubcommand(new HelpCommand());
        commandLine.setOut(context.out());
        commandLine.setErr(context.err());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setOverwrittenOptionsAllowed(false);
        Help.Ansi ansi = context.terminal().style().colour() ? Help.Ansi.ON : Help.Ansi.OFF;
        commandLine.setColorScheme(Help.defaultColorScheme(ansi));
        dress(commandLine, context);
        commandLine.getSubcommands().values().forEach(command -> dress(command, context));
        return commandLine;
    }

    /** What the help of every command has in common. */
    private static void dress(CommandLine commandLine, CommandContext context) {
        UsageMessageSpec usage = commandLine.getCommandSpec().usageMessage();
        usage.width(Math.max(55, Math.min(100, context.terminal().width())));
        usage.synopsisHeading("%n@|bold Usage|@%n  ");
        usage.descriptionHeading("%n");
        usage.optionListHeading("%n@|bold Options|@%n");
        usage.parameterListHeading("%n@|bold Parameters|@%n");
        usage.commandListHeading("%n@|bold Commands|@%n");
        usage.sortOptions(false);
        usage.exitCodeListHeading("%n@|bold Exit codes|@%n");
        usage.exitCodeList(exitCodes());
    }

    private static Map<String, String> exitCodes() {
        Map<String, String> codes = new LinkedHashMap<>();
        codes.put(" " + ExitCodes.DONE, "Done.");
        codes.put(" " + ExitCodes.DIFFERENCES_FOUND, "Verification found differences.");
        codes.put(" " + ExitCodes.USAGE_OR_PLAN, "The command line, the migration file or the plan must be mended.");
        codes.put(" " + ExitCodes.SOURCE, "The source stands in the way.");
        codes.put(" " + ExitCodes.TARGET, "The target stands in the way.");
        codes.put(" " + ExitCodes.TRANSFORM, "Something between them does: Kafka, or a value.");
        codes.put(Integer.toString(ExitCodes.BUG), "A mistake in Crossfade; the log says where.");
        codes.put(Integer.toString(ExitCodes.INTERRUPTED), "Interrupted before it was done; nothing is lost.");
        return codes;
    }

    /** Without a command: the help, and the exit code of a wrong usage. */
    @Override
    public Integer call() {
        build(context).usage(context.err());
        return ExitCodes.USAGE_OR_PLAN;
    }
}
