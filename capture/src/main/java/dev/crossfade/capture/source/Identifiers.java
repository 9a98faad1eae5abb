package dev.crossfade.capture.source;

import dev.crossfade.model.TableId;

/** Names as SQL text for MariaDB and MySQL. */
public final class Identifiers {
    private Identifiers() {}

    /** The name between backticks. */
    public static String quote(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    /** The table's full name. */
    public static String quote(TableId table) {
        return quote(table.schema()) + "." + quote(table.name());
    }
}
