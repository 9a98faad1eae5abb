package dev.crossfade.app.screen;

import dev.crossfade.model.TableId;
import dev.crossfade.verify.TableParity;
import dev.crossfade.verify.VerificationListener;
import java.io.PrintWriter;

/** Shows how far a verification is: on a terminal one line that is drawn over, elsewhere nothing but the beginning. */
public final class VerifyScreen implements VerificationListener, AutoCloseable {
    private final Terminal terminal;
    private final PrintWriter out;
    private int tables;
    private int compared;

    public VerifyScreen(Terminal terminal, PrintWriter out) {
        this.terminal = terminal;
        this.out = out;
    }

    @Override
    public synchronized void paired(int count) {
        tables = count;
        if (terminal.live()) {
            show("both snapshots are open, the run goes on");
        } else {
            out.println("both snapshots are open, the run goes on; comparing " + Human.count(count, "table"));
            out.flush();
        }
    }

    @Override
    public synchronized void rowsRead(TableId target, long sourceRows, long targetRows) {
        show("comparing  " + compared + " of " + Human.count(tables, "table") + "  " + target + "  "
                + Human.count(Math.max(sourceRows, targetRows)) + " rows");
    }

    @Override
    public synchronized void compared(TableParity table) {
        compared++;
    }

    private void show(String text) {
        if (terminal.live()) {
            out.print("\r" + terminal.style().dim(terminal.style().cut(text, terminal.width() - 1)) + "\033[K");
            out.flush();
        }
    }

    /** Wipes the line. */
    @Override
    public synchronized void close() {
        if (terminal.live()) {
            out.print("\r\033[K");
            out.flush();
        }
    }
}
