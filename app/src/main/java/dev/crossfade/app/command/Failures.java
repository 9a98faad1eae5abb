package dev.crossfade.app.command;

import dev.crossfade.model.MigrationException;
import dev.crossfade.model.NearestName;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Where every failure ends: it becomes a block of text, a record in the log and an exit code. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(Failures.class);

    private final CommandContext context;

    Failures(CommandContext context) {
        this.context = context;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine commandLine, ParseResult parsed) {
        return report(failure, commandLine, Optional.of(parsed));
    }

    /** Also for errors, which picocli lets pass. */
    int report(Throwable failure, CommandLine commandLine, Optional<ParseResult> parsed) {
        FailureText text =
                new FailureText(context.terminal().style(), context.terminal().width());
        String command = commandLine.getCommandSpec().qualifiedName();
        boolean wantsStackTrace = parsed.isPresent() && wantsStackTrace(parsed.get());
        if (failure instanceof MigrationException refusal) {
            log.atError().addKeyValue("kind", refusal.kind()).setCause(refusal).log("command failed");
            print(text.of(command, refusal, context.log().file()), wantsStackTrace, failure);
            return refusal.kind().exitCode();
        }
        log.atError().setCause(failure).log("mistake in Crossfade");
        print(text.ofBug(command, failure, logOf(failure)), wantsStackTrace, failure);
        return ExitCodes.BUG;
    }

    /** Before a log is open, a bug gets one of its own. */
    private Path logOf(Throwable failure) {
        return context.log().file().orElseGet(() -> {
            try {
                Path file = Files.createTempFile("crossfade-", ".log");
                try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(file))) {
                    failure.printStackTrace(writer);
                }
                return file;
            } catch (IOException failed) {
                failed.addSuppressed(failure);
                throw new UncheckedIOException("cannot write the log of a failure", failed);
            }
        });
    }

    private static boolean wantsStackTrace(ParseResult parsed) {
        ParseResult innermost = parsed;
        while (innermost.hasSubcommand()) {
            innermost = innermost.subcommand();
        }
        return innermost.hasMatchedOption("--stacktrace");
    }

    private void print(List<String> lines, boolean withStackTrace, Throwable failure) {
        PrintWriter err = context.err();
        err.println();
        lines.forEach(err::println);
        if (withStackTrace) {
            err.println();
            failure.printStackTrace(err);
        }
        err.flush();
    }

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        CommandLine commandLine = failure.getCommandLine();
        PrintWriter err = context.err();
        String command = commandLine.getCommandSpec().qualifiedName();
        err.println(context.terminal().style().bad(command + ": " + message(failure)));
        suggestions(failure).ifPresent(names -> err.println("  did you mean " + names + "?"));
        err.println("  " + command + " --help shows what it takes");
        err.flush();
        return ExitCodes.USAGE_OR_PLAN;
    }

    private static String message(ParameterException failure) {
        if (failure instanceof MissingParameterException missing
                && !missing.getMissing().isEmpty()) {
            return "needs "
                    + String.join(
                            " and ",
                            missing.getMissing().stream()
                                    .map(argument -> argument.isOption()
                                            ? ((CommandLine.Model.OptionSpec) argument).longestName() + " "
                                                    + argument.paramLabel()
                                            : argument.paramLabel())
                                    .toList());
        }
        if (failure instanceof UnmatchedArgumentException unmatched) {
            return "does not know " + String.join(" ", unmatched.getUnmatched());
        }
        return String.valueOf(failure.getMessage());
    }

    private static Optional<String> suggestions(ParameterException failure) {
        if (!(failure instanceof UnmatchedArgumentException unmatched)) {
            return Optional.empty();
        }
        List<String> names = new ArrayList<>(unmatched.getSuggestions());
        if (names.isEmpty()) {
            NearestName.of(
                            unmatched.getUnmatched().get(0),
                            failure.getCommandLine().getSubcommands().keySet())
                    .ifPresent(names::add);
        }
        return names.isEmpty() ? Optional.empty() : Optional.of(String.join(" or ", names));
    }
}
