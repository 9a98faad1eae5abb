package dev.crossfade.app.screen;

import dev.crossfade.pipeline.StoppedTables;
import java.util.ArrayList;
import java.util.List;

/** Tables that have stopped, as text. Pure. */
final class StopView {
    private StopView() {}

    /** One line per stop. */
    static List<String> brief(List<StoppedTables> stopped, int width, Style style) {
        return stopped.stream()
                .map(stop -> "  " + style.no() + " "
                        + style.cut(
                                stop.name() + " " + stop.state().word() + " [" + stop.id() + "]: " + stop.reason(),
                                width - 5))
                .toList();
    }

    /** Each with its place, and with what mends it. */
    static List<String> lines(List<StoppedTables> stopped, Style style) {
        List<String> lines = new ArrayList<>();
        for (StoppedTables stop : stopped) {
            lines.add("");
            lines.add("  " + style.no() + " " + style.bold(String.join(", ", stop.tables())) + ": "
                    + stop.state().word() + " since " + stop.since());
            lines.add("      why   " + stop.reason() + " [" + stop.id() + "]");
            lines.add("      where " + stop.position());
            if (!stop.statement().isEmpty()) {
                lines.add("      seen  " + stop.statement());
            }
            if (stop.state() == StoppedTables.State.STOPPED) {
                lines.add("      then  " + resume(stop)
                        + (stop.replayable() ? "  # applies what was missed" : "  # copies it again"));
            }
        }
        return lines;
    }

    private static String resume(StoppedTables stop) {
        return "crossfade resume -c FILE --table " + stop.tables().get(0);
    }
}
