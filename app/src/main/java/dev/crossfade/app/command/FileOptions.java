package dev.crossfade.app.command;

import dev.crossfade.app.config.MigrationFile;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What every command that works on a migration takes. */
final class FileOptions {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            required = true,
            order = -10,
            description = "The migration file.")
    private Path file = Path.of("");

    @ArgGroup(validate = false, heading = "%n@|bold General|@%n", order = 90)
    @SuppressWarnings("UnusedVariable") // picocli fills it
    private General general = new General();

    /** Nothing of the migration's. */
    static final class General {
        @Option(
                names = {"--stacktrace", "--verbose"},
                description = "Print the stack trace of a failure; it is in the log in any case.")
        @SuppressWarnings("UnusedVariable") // Failures asks picocli, since a command may have failed before this is set
        private boolean stackTrace;

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help.")
        @SuppressWarnings("UnusedVariable") // picocli looks at it
        private boolean help;
    }

    Path path() {
        return file;
    }

    MigrationFile read(Map<String, String> environment) {
        return MigrationFile.read(file, environment);
    }
}
