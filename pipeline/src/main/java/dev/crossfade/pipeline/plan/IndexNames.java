package dev.crossfade.pipeline.plan;

import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.sink.target.Names;
import dev.crossfade.sink.target.UniqueIndexes.Found;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Names for the indexes that are built on the target: {@code TABLE_INDEX}, since the source's name is unique within its table and the
 * target's within its schema. A name that is too long, or taken by a planned table or index, ends with a hash of the two instead; the
 * same plan always gives the same names. One thread.
 */
final class IndexNames {
    private static final int HASH_DIGITS = 8;

    private final Set<TableId> taken = new HashSet<>(); // relations share one space of names

    IndexNames(List<TablePlan> tables, List<Found> found) {
        for (TablePlan table : tables) {
            TableId target = table.target().id();
            taken.add(target);
            taken.add(new TableId(target.schema(), target.name() + "_pkey")); // the server's name for the primary key
        }
        found.forEach(index -> taken.add(new TableId(index.table().schema(), index.name())));
    }

    /** A name in the table's schema that nothing else of the plan has. */
    String of(TableId table, String index) {
        String plain = table.name() + "_" + index;
        if (!Names.isTooLong(plain) && taken.add(new TableId(table.schema(), plain))) {
            return plain;
        }
        String hash = "_" + PlanText.sha256(table + "\n" + index).substring(0, HASH_DIGITS);
        String name = cut(plain, Names.MAX_BYTES - hash.length()) + hash;
        taken.add(new TableId(table.schema(), name));
        return name;
    }

    /** The longest beginning of whole characters that has at most so many bytes. */
    private static String cut(String text, int maxBytes) {
        int end = 0;
        int bytes = 0;
        while (end < text.length()) {
            int character = text.codePointAt(end);
            bytes += Character.toString(character).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > maxBytes) {
                break;
            }
            end += Character.charCount(character);
        }
        return text.substring(0, end);
    }
}
