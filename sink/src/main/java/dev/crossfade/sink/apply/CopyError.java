package dev.crossfade.sink.apply;

import dev.crossfade.model.Column;
import dev.crossfade.model.Table;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Where in a COPY the server stopped. Only names and numbers are taken from what it says, because the rest may hold values. It says
 * it in the language of {@code lc_messages}, so this is a help for the reader of a message and nothing is decided by it.
 */
final class CopyError {
    /** {@code COPY orders, line 12, column total}; in binary format a line is a row. */
    private static final Pattern PLACE = Pattern.compile("COPY .*?, \\D+ (\\d+)(?:, \\S+ ([^\\n]+))?");

    private CopyError() {}

    /** The row, from 1, where the server names it. */
    static OptionalLong row(SQLException failure) {
        return place(failure)
                .map(place -> OptionalLong.of(Long.parseLong(place.group(1))))
                .orElse(OptionalLong.empty());
    }

    /** The column of {@code table}, where the server names it. */
    static Optional<String> column(SQLException failure, Table table) {
        ServerErrorMessage message = serverMessage(failure);
        String named = message == null ? null : message.getColumn();
        if (named == null) {
            named = place(failure).map(place -> place.group(2)).orElse(null);
        }
        String column = named;
        return table.columns().stream()
                .map(Column::name)
                .filter(name -> name.equals(column))
                .findFirst();
    }

    private static Optional<Matcher> place(SQLException failure) {
        ServerErrorMessage message = serverMessage(failure);
        String where = message == null ? null : message.getWhere();
        if (where == null) {
            return Optional.empty();
        }
        Matcher place = PLACE.matcher(where);
        return place.find() ? Optional.of(place) : Optional.empty();
    }

    private static @Nullable ServerErrorMessage serverMessage(SQLException failure) {
        return failure instanceof PSQLException server ? server.getServerErrorMessage() : null;
    }
}
