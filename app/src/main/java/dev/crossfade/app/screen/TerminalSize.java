package dev.crossfade.app.screen;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** The width of the terminal, measured again when its window changes. */
final class TerminalSize {
    private volatile int columns;

    TerminalSize(int columns) {
        this.columns = columns;
    }

    int columns() {
        return columns;
    }

    void follow() {
        Signals.on("WINCH", this::measure);
    }

    private void measure() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            int measured =
                    stty.waitFor(1, TimeUnit.SECONDS) ? Terminal.number(size.substring(size.indexOf(' ') + 1)) : 0;
            if (measured > 0) {
                columns = measured;
            }
        } catch (IOException failure) {
            // No stty: the width stays what it was, which costs nothing but looks.
            return;
        } catch (InterruptedException failure) {
            Thread.currentThread().interrupt();
        }
    }
}
