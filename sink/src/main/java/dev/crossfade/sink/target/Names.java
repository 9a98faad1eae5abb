package dev.crossfade.sink.target;

import dev.crossfade.model.TableId;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.stream.Collectors;

/** Identifiers in SQL text. Always quoted: reserved words and capitals are names like any other. */
public final class Names {
    /** PostgreSQL's NAMEDATALEN - 1. */
    public static final int MAX_BYTES = 63;

    private Names() {}

    /** One identifier, quoted as {@code PGConnection.escapeIdentifier} does. */
    public static String quote(String identifier) {
        if (identifier.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("an identifier holds a NUL character");
        }
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    public static String quote(TableId table) {
        return quote(table.schema()) + "." + quote(table.name());
    }

    /** {@code "a", "b"}. */
    public static String list(Collection<String> identifiers) {
        return identifiers.stream().map(Names::quote).collect(Collectors.joining(", "));
    }

    /** Whether PostgreSQL would cut it. */
    public static boolean isTooLong(String identifier) {
        return identifier.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES;
    }
}
