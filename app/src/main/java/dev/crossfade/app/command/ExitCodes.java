package dev.crossfade.app.command;

/** What the program ends with. Part of the interface: scripts depend on it. */
public final class ExitCodes {
    public static final int DONE = 0;
    public static final int DIFFERENCES_FOUND = 1;
    public static final int USAGE_OR_PLAN = 2;
    public static final int SOURCE = 3;
    public static final int TARGET = 4;
    public static final int TRANSFORM = 5;
    /** {@code EX_SOFTWARE} of sysexits.h. */
    public static final int BUG = 70;
    /** 128 + SIGINT, as a shell would report it. */
    public static final int INTERRUPTED = 130;

    private ExitCodes() {}
}
