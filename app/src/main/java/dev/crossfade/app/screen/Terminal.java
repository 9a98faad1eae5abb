package dev.crossfade.app.screen;

import java.nio.charset.Charset;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * What the output can do.
 *
 * @param live whether lines can be drawn over
 * @param columns its width now, at least 20
 */
public record Terminal(boolean live, Style style, IntSupplier columns) {
    private static final int USUAL_COLUMNS = 80;
    private static final int LEAST_COLUMNS = 20;

    /** A pipe or a file: plain lines. */
    public static final Terminal PIPE = new Terminal(false, Style.PLAIN, () -> USUAL_COLUMNS);

    /**
     * The terminal that this process writes to.
     *
     * @param charset of the output
     * @param environment {@code NO_COLOR} (any value), {@code TERM} and {@code COLUMNS} are honoured
     */
    public static Terminal detect(Charset charset, Map<String, String> environment) {
        // The launcher knows; Java does not: since 22 there is a console without a terminal, too.
        boolean terminal = Boolean.getBoolean("crossfade.terminal");
        boolean live = terminal && !environment.getOrDefault("TERM", "dumb").equals("dumb");
        boolean colour = live && environment.getOrDefault("NO_COLOR", "").isEmpty();
        boolean unicode = charset.newEncoder().canEncode("━─╸→✓…");
        TerminalSize size = new TerminalSize(columns(environment));
        if (live) {
            size.follow();
        }
        return new Terminal(live, new Style(colour, unicode), size::columns);
    }

    private static int columns(Map<String, String> environment) {
        int told = number(System.getProperty("crossfade.columns", ""));
        int exported = number(environment.getOrDefault("COLUMNS", ""));
        int columns = told > 0 ? told : exported > 0 ? exported : USUAL_COLUMNS;
        return Math.max(LEAST_COLUMNS, columns);
    }

    static int number(String text) {
        return text.matches("\\d{1,4}") ? Integer.parseInt(text) : 0;
    }

    /** The width now. */
    public int width() {
        return Math.max(LEAST_COLUMNS, columns.getAsInt());
    }
}
