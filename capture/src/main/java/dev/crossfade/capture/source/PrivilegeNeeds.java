package dev.crossfade.capture.source;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which privileges a migration needs on its source, and which of them an account lacks. */
final class PrivilegeNeeds {
    private static final int TABLES_NAMED = 5;

    private PrivilegeNeeds() {}

    /**
     * Privileges that are missing.
     *
     * @param seen what is missing and what for
     * @param statement the GRANT that mends it
     */
    record Missing(String seen, String statement) {
        Missing {
            requireNonNull(seen, "seen");
            requireNonNull(statement, "statement");
        }
    }

    static List<Missing> missing(Grants grants, SourceServer server, String database, List<TableId> tables) {
        List<Missing> missing = new ArrayList<>();
        boolean mariaDb = server.product() == SourceProduct.MARIADB;
        if (!grants.has("REPLICATION SLAVE") && !grants.has("REPLICATION REPLICA")) {
            missing.add(global(grants, "REPLICATION SLAVE", "to read the log"));
        }
        String monitor = mariaDb && server.isAtLeast(10, 5) ? "BINLOG MONITOR" : "REPLICATION CLIENT";
        if (!grants.has(monitor) && !grants.has("SUPER") && !grants.has("REPLICATION CLIENT")) {
            missing.add(global(grants, monitor, "to ask for the log's position"));
        }
        if (!mariaDb && server.isAtLeast(8, 0) && !grants.has("XA_RECOVER_ADMIN")) {
            missing.add(global(grants, "XA_RECOVER_ADMIN", "to see prepared transactions"));
        }
        if (!mariaDb && !grants.has("RELOAD") && !grants.has("FLUSH_TABLES")) {
            missing.add(
                    global(grants, "RELOAD", "to hold writes for milliseconds while verification opens its snapshots"));
        }
        select(grants, tables).ifPresent(missing::add);
        marker(grants, database).ifPresent(missing::add);
        return missing;
    }

    private static Missing global(Grants grants, String privilege, String purpose) {
        return new Missing(
                "account " + grants.quotedAccount() + " has no " + privilege + ", needs it " + purpose,
                "GRANT " + privilege + " ON *.* TO " + grants.quotedAccount());
    }

    private static Optional<Missing> select(Grants grants, List<TableId> tables) {
        List<TableId> hidden =
                tables.stream().filter(table -> !grants.has("SELECT", table)).toList();
        if (hidden.isEmpty()) {
            return Optional.empty();
        }
        String names =
                hidden.stream().limit(TABLES_NAMED).map(TableId::toString).collect(Collectors.joining(", "));
        String rest = hidden.size() > TABLES_NAMED ? " and " + (hidden.size() - TABLES_NAMED) + " more" : "";
        Stream<String> objects = hidden.size() > TABLES_NAMED
                ? hidden.stream().map(TableId::schema).distinct().map(PrivilegeNeeds::everyTableOf)
                : hidden.stream().map(PrivilegeNeeds::object);
        return Optional.of(new Missing(
                "account " + grants.quotedAccount() + " has no SELECT on " + names + rest,
                objects.map(object -> "GRANT SELECT ON " + object + " TO " + grants.quotedAccount())
                        .collect(Collectors.joining("; "))));
    }

    private static String object(TableId table) {
        return table.name().equals(SourcePreflight.EVERY_TABLE)
                ? everyTableOf(table.schema())
                : Identifiers.quote(table);
    }

    private static String everyTableOf(String schema) {
        return Identifiers.quote(schema) + ".*";
    }

    /** What the account lacks on Crossfade's own table. */
    static Optional<Missing> marker(Grants grants, String database) {
        TableId marker = new MarkerTable(database).id();
        List<String> lacking = Stream.of("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP")
                .filter(privilege -> !grants.has(privilege, marker))
                .toList();
        if (lacking.isEmpty()) {
            return Optional.empty();
        }
        String list = String.join(", ", lacking);
        return Optional.of(new Missing(
                "account " + grants.quotedAccount() + " has no " + list + " on " + marker
                        + ", needs them for Crossfade's own table",
                "GRANT " + list + " ON " + Identifiers.quote(marker) + " TO " + grants.quotedAccount()));
    }
}
