package dev.crossfade.app;

import dev.crossfade.app.command.CommandContext;
import dev.crossfade.app.command.CrossfadeCommand;
import dev.crossfade.app.log.RunLog;
import dev.crossfade.app.screen.Terminal;
import dev.crossfade.model.Faults;
import java.io.PrintWriter;
import java.io.Reader;
import java.util.Map;

/** The program without its process: what {@link Main} calls, and tests too. */
public final class Crossfade {
    private Crossfade() {}

    /**
     * Runs one command to its end. Logging of the whole process is set up anew.
     *
     * @param in answers of a person
     * @param out for what was asked for
     * @param err for failures
     * @param faults told at every fault point of a run
     * @return the exit code
     */
    public static int execute(String[] arguments, Reader in, PrintWriter out, PrintWriter err, Faults faults) {
        Map<String, String> environment = System.getenv();
        return execute(
                arguments, in, out, err, faults, Terminal.detect(Main.outputCharset(), environment), environment);
    }

    /** As {@link #execute(String[], Reader, PrintWriter, PrintWriter, Faults)} with a given terminal and given variables. */
    public static int execute(
            String[] arguments,
            Reader in,
            PrintWriter out,
            PrintWriter err,
            Faults faults,
            Terminal terminal,
            Map<String, String> environment) {
        try (RunLog log = new RunLog()) {
            return CrossfadeCommand.execute(
                    new CommandContext(in, out, err, faults, terminal, environment, log), arguments);
        }
    }

    /** The same where nobody answers. */
    public static int execute(
            String[] arguments,
            PrintWriter out,
            PrintWriter err,
            Faults faults,
            Terminal terminal,
            Map<String, String> environment) {
        return execute(arguments, Reader.nullReader(), out, err, faults, terminal, environment);
    }
}
