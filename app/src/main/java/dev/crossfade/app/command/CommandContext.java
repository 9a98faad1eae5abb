package dev.crossfade.app.command;

import dev.crossfade.app.log.RunLog;
import dev.crossfade.app.screen.Terminal;
import dev.crossfade.model.Faults;
import java.io.PrintWriter;
import java.io.Reader;
import java.util.Map;

/**
 * What every command is given.
 *
 * @param in answers of a person; at its end where nobody answers
 * @param out for what was asked for; never closed
 * @param err for failures; never closed
 * @param faults told at every fault point of a run
 * @param terminal what {@code out} can do
 * @param environment the variables of the process
 * @param log opened by the command once it knows where
 */
public record CommandContext(
        Reader in,
        PrintWriter out,
        PrintWriter err,
        Faults faults,
        Terminal terminal,
        Map<String, String> environment,
        RunLog log) {
    public CommandContext {
        environment = Map.copyOf(environment);
    }
}
