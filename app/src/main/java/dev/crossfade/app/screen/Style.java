package dev.crossfade.app.screen;

/**
 * Colours and signs, or their plain forms.
 *
 * @param colour whether escape sequences are written
 * @param unicode whether the output can show more than ASCII
 */
public record Style(boolean colour, boolean unicode) {
    public static final Style PLAIN = new Style(false, false);

    private static final String RESET = "\033[0m";

    public String bold(String text) {
        return in("\033[1m", text);
    }

    public String dim(String text) {
        return in("\033[2m", text);
    }

    public String good(String text) {
        return in("\033[32m", text);
    }

    public String bad(String text) {
        return in("\033[31m", text);
    }

    public String busy(String text) {
        return in("\033[36m", text);
    }

    private String in(String sequence, String text) {
        return colour && !text.isEmpty() ? sequence + text + RESET : text;
    }

    /** Between two facts of one line. */
    public String separator() {
        return unicode ? " · " : ", ";
    }

    public String arrow() {
        return unicode ? "→" : "->";
    }

    /** The sign for what is as it should be. */
    public String yes() {
        return good(unicode ? "✓" : "ok");
    }

    /** The sign for what is not. */
    public String no() {
        return bad(unicode ? "✗" : "!!");
    }

    /** The text at most {@code width} characters long, its end replaced by an ellipsis if it is longer. */
    public String cut(String text, int width) {
        if (text.codePointCount(0, text.length()) <= width) {
            return text;
        }
        String ellipsis = unicode ? "…" : "~";
        return width < 1 ? "" : text.substring(0, text.offsetByCodePoints(0, width - 1)) + ellipsis;
    }

    /**
     * A bar of exactly {@code width} characters, full only when all is done.
     *
     * @param share 0..1
     */
    public String bar(double share, int width) {
        int halves = (int) (Math.max(0, Math.min(1, share)) * width * 2);
        if (!unicode) {
            return "#".repeat(halves / 2) + ".".repeat(width - halves / 2);
        }
        String done = "━".repeat(halves / 2) + (halves % 2 == 1 ? "╸" : "");
        String left = "─".repeat(width - (halves + 1) / 2);
        return (share >= 1 ? good(done) : busy(done)) + dim(left);
    }
}
