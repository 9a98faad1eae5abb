package dev.crossfade.app.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code schema.table} as the file writes it. A part that holds a dot, a blank or a quote stands in double quotes, a quote in it
 * doubled, as in SQL. Case is kept as it is.
 */
record TableName(String schema, String table) {
    private static final String PART = "(?:\"((?:[^\"]|\"\")+)\"|([^\".\\s]+))";
    private static final Pattern NAME = Pattern.compile(PART + "\\." + PART);
    private static final Pattern COLUMN = Pattern.compile("\"((?:[^\"]|\"\")+)\"|([\\p{L}_$][\\p{L}\\p{N}_$]*)");
    static final String EVERY = "*";

    static Optional<TableName> parse(String text) {
        Matcher matcher = NAME.matcher(text);
        return matcher.matches() ? Optional.of(new TableName(part(matcher, 1), part(matcher, 3))) : Optional.empty();
    }

    /** A plain column name, bare or in double quotes; empty for anything that is an expression. */
    static Optional<String> column(String text) {
        Matcher matcher = COLUMN.matcher(text);
        return matcher.matches() ? Optional.of(part(matcher, 1)) : Optional.empty();
    }

    private static String part(Matcher matcher, int group) {
        String quoted = matcher.group(group);
        return quoted != null ? quoted.replace("\"\"", "\"") : matcher.group(group + 1);
    }

    boolean isEvery() {
        return table.equals(EVERY);
    }

    @Override
    public String toString() {
        return schema + "." + table;
    }
}
