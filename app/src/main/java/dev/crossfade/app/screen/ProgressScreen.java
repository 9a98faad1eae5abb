package dev.crossfade.app.screen;

import dev.crossfade.pipeline.MigrationListener;
import dev.crossfade.pipeline.MigrationProgress;
import dev.crossfade.pipeline.Phase;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/**
 * Shows a run: on a terminal a block that is drawn over in place, elsewhere a line every few seconds and at each phase. Any thread may
 * call; calls wait for one another and for nothing else.
 */
public final class ProgressScreen implements MigrationListener, AutoCloseable {
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final String HIDE_CURSOR = "\033[?25l";
    private static final String SHOW_CURSOR = "\033[?25h";

    private final String migration;
    private final Terminal terminal;
    private final PrintWriter out;
    private final Clock clock;
    private final Instant begun;
    private Instant nextLine;
    private Instant phaseBegun;
    private Optional<Phase> current = Optional.empty();
    private Optional<MigrationProgress> last = Optional.empty();
    private int drawn;
    private boolean closed;

    public ProgressScreen(String migration, Terminal terminal, PrintWriter out, Clock clock) {
        this.migration = migration;
        this.terminal = terminal;
        this.out = out;
        this.clock = clock;
        this.begun = clock.instant();
        this.nextLine = begun;
        this.phaseBegun = begun;
    }

    @Override
    public synchronized void phase(Phase phase) {
        Instant now = clock.instant();
        Duration took = Duration.between(phaseBegun, now);
        Optional<Phase> before = current;
        current = Optional.of(phase);
        phaseBegun = now;
        nextLine = now;
        if (before.isEmpty() && phase != Phase.PLANNED) {
            say("going on where the last run ended: " + PhaseWords.words(phase));
        }
        before.filter(done -> done != phase)
                .ifPresent(done -> say(terminal.style().yes() + " " + PhaseWords.done(done)
                        + terminal.style().dim(" in " + Human.duration(took))));
        if (!terminal.live()) {
            say("phase: " + PhaseWords.key(phase));
        }
    }

    @Override
    public synchronized void progress(MigrationProgress progress) {
        last = Optional.of(progress);
        if (terminal.live()) {
            draw("");
        } else if (!clock.instant().isBefore(nextLine)) {
            nextLine = clock.instant().plus(BETWEEN_LINES);
            say(ProgressView.line(progress));
        }
    }

    @Override
    public synchronized void message(String text) {
        say(text);
    }

    private void say(String text) {
        if (terminal.live()) {
            draw(text + "\n");
        } else {
            LocalTime now = LocalTime.ofInstant(clock.instant(), ZoneId.systemDefault());
            out.print(TIME.format(now) + " " + text + "\n");
            out.flush();
        }
    }

    /** One write, so that the terminal never shows half of it: back to the first line, then each line over its old self. */
    private void draw(String above) {
        StringBuilder text = new StringBuilder(drawn == 0 ? "" : "\033[" + drawn + "A\r");
        above.lines().forEach(line -> text.append(line).append("\033[K\n"));
        List<String> block = last.isEmpty() || closed
                ? List.of()
                : ProgressView.block(
                        migration,
                        last.get(),
                        Duration.between(begun, clock.instant()),
                        // The last column stays free: writing there would wrap on some terminals.
                        terminal.width() - 1,
                        terminal.style());
        block.forEach(line -> text.append(line).append("\033[K\n"));
        text.append("\033[J");
        if (!block.isEmpty() && drawn == 0) {
            text.insert(0, HIDE_CURSOR);
        }
        drawn = block.size();
        out.print(text);
        out.flush();
    }

    /** Leaves the last state on the screen and gives the cursor back. Further messages appear below; progress does not. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (terminal.live() && drawn > 0) {
            drawn = 0;
            out.print(SHOW_CURSOR);
            out.flush();
        }
        last = Optional.empty();
    }

    /** Gives the cursor back at once, for a process that is about to be halted. Takes no lock. */
    public void abandon() {
        if (terminal.live()) {
            out.print(SHOW_CURSOR);
            out.flush();
        }
    }
}
