package dev.crossfade.app.command;

/** Adds a command to the command line. Found by {@link java.util.ServiceLoader}. */
public interface CommandExtension {
    /**
     * The command: an object with picocli's {@code @Command} that is {@code Callable<Integer>}. Its failures are shown as those of every
     * other command.
     *
     * @param context good for one run of the program
     */
    Object command(CommandContext context);
}
