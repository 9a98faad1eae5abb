package dev.crossfade.pipeline.plan;

import dev.crossfade.capture.source.SourceColumn;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the target, which compares the values of a foreign key by their bytes, finds the same rows as the source does. A type that
 * is not listed here is refused rather than trusted: dates may be zero, floats have two zeros, labels are compared by number.
 */
final class KeyComparison {
    private static final Set<Kind> EXACT = Set.of(
            Kind.BOOL,
            Kind.INT8,
            Kind.INT16,
            Kind.INT32,
            Kind.INT64,
            Kind.UINT64,
            Kind.DECIMAL,
            Kind.BYTES,
            Kind.YEAR,
            Kind.TEXT);

    private KeyComparison() {}

    /** Why the two columns of a foreign key must not be compared on the target; empty if they may. */
    static Optional<String> whyUnlike(SourceTable parent, String parentColumn, SourceTable child, String childColumn) {
        SourceColumn referenced = parent.column(parentColumn);
        SourceColumn referring = child.column(childColumn);
        LogicalType type = referring.column().type();
        LogicalType parentType = referenced.column().type();
        String name = child.id() + "." + childColumn;
        if (!EXACT.contains(type.kind())) {
            return Optional.of("its column " + name + " is of type "
                    + referring.column().declaration() + ", which the target may compare in another way");
        }
        if (type.kind() != parentType.kind() || type.scale() != parentType.scale()) {
            return Optional.of("its column " + name + " is of type "
                    + referring.column().declaration() + " and refers to "
                    + referenced.column().declaration() + ", which the target cannot compare");
        }
        if (type.kind() == Kind.TEXT && !(isExact(referring) && isExact(referenced))) {
            return Optional.of("its column " + name + " has the collation "
                    + referring.collation().orElse("of its server")
                    + ", under which different texts can be equal; the target compares them exactly");
        }
        return Optional.empty();
    }

    /**
     * Whether equal means equal code points. Most collations named {@code _bin} take no notice of trailing spaces, which a CHAR
     * does not have.
     *
     * @see <a href="https://mariadb.com/docs/server/reference/data-types/string-data-types/character-sets/supported-character-sets-and-collations">
     *     collations of MariaDB</a>, on {@code NOPAD}
     * @see <a href="https://dev.mysql.com/doc/refman/8.4/en/charset-binary-collations.html">the _bin collations of MySQL</a>
     */
    private static boolean isExact(SourceColumn column) {
        String collation = column.collation().orElse("");
        return collation.endsWith("_nopad_bin")
                || collation.equals("utf8mb4_0900_bin")
                || (collation.endsWith("_bin") && column.dataType().equals("char"));
    }
}
