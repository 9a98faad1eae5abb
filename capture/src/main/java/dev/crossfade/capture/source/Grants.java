package dev.crossfade.capture.source;

import dev.crossfade.model.TableId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the session's account may do, from SHOW GRANTS: the account's own privileges and those of its active roles. Privileges on
 * single columns count for nothing, because a row is read whole.
 */
final class Grants {
    private static final String ALL = "ALL PRIVILEGES";
    private static final String EVERYTHING = "*";

    /** Privileges on an object, or what MySQL takes back of a wider grant. */
    private record Grant(boolean revoked, Set<String> privileges, String database, String table) {
        boolean names(String privilege) {
            return privileges.contains(privilege) || privileges.contains(ALL);
        }

        boolean isGlobal() {
            return database.equals(EVERYTHING);
        }

        boolean covers(TableId id) {
            return isGlobal()
                    || (table.equals(EVERYTHING)
                            ? matches(database, id.schema())
                            : database.equals(id.schema()) && table.equals(id.name()));
        }
    }

    private final String account;
    private final List<Grant> grants;

    private Grants(String account, List<Grant> grants) {
        this.account = account;
        this.grants = grants;
    }

    static Grants of(Connection connection, SourceServer server) throws SQLException {
        List<String> lines = new ArrayList<>();
        String account;
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery("select current_user()")) {
                row.next();
                account = row.getString(1);
            }
            read(statement, "show grants", lines);
            if (server.product() == SourceProduct.MARIADB && server.isAtLeast(10, 11)) {
                try {
                    read(statement, "show grants for public", lines);
                } catch (SQLException e) {
                    if (SourceFailures.isPassing(e)) {
                        throw e;
                    }
                    // Nothing is granted to PUBLIC, which is an error to the server and none to us.
                }
            }
        }
        return parse(account, lines);
    }

    private static void read(Statement statement, String sql, List<String> lines) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
        }
    }

    /** Reads lines of SHOW GRANTS; lines that grant roles or passwords are skipped. */
    static Grants parse(String account, List<String> lines) {
        List<Grant> grants = new ArrayList<>();
        for (String line : lines) {
            boolean revoked = line.startsWith("REVOKE ");
            int on = outside(line, " ON ", 0);
            if ((!revoked && !line.startsWith("GRANT ")) || on < 0) {
                continue;
            }
            int to = outside(line, revoked ? " FROM " : " TO ", on);
            String object = line.substring(on + " ON ".length(), to < 0 ? line.length() : to);
            int dot = outside(object, ".", 0);
            if (dot < 0 || object.startsWith("PROCEDURE ") || object.startsWith("FUNCTION ")) {
                continue;
            }
            String privileges = line.substring(line.indexOf(' ') + 1, on);
            grants.add(new Grant(
                    revoked, privileges(privileges), name(object.substring(0, dot)), name(object.substring(dot + 1))));
        }
        return new Grants(account, grants);
    }

    /** The privileges of a list, without those that stand for single columns. */
    private static Set<String> privileges(String list) {
        Set<String> privileges = new HashSet<>();
        int from = 0;
        while (from <= list.length()) {
            int comma = outside(list, ",", from);
            int end = comma < 0 ? list.length() : comma;
            String privilege = list.substring(from, end).trim().toUpperCase(Locale.ROOT);
            if (privilege.indexOf('(') < 0) {
                privileges.add(privilege);
            }
            from = end + 1;
        }
        return privileges;
    }

    /** Where {@code wanted} stands outside of quotes and parentheses, -1 if nowhere. */
    private static int outside(String text, String wanted, int from) {
        int depth = 0;
        char quote = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (depth == 0 && text.startsWith(wanted, i)) {
                return i;
            } else if (c == '`' || c == '\'' || c == '"') {
                quote = c;
            } else if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
            }
        }
        return -1;
    }

    private static String name(String text) {
        String trimmed = text.trim();
        if (trimmed.length() >= 2 && (trimmed.startsWith("`") || trimmed.startsWith("\""))) {
            String quote = trimmed.substring(0, 1);
            return trimmed.substring(1, trimmed.length() - 1).replace(quote + quote, quote);
        }
        return trimmed;
    }

    /** Whether the pattern of a database grant matches: {@code %} and {@code _} are wildcards unless escaped. */
    private static boolean matches(String pattern, String database) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\' && i + 1 < pattern.length()) {
                i++;
                regex.append(Pattern.quote(String.valueOf(pattern.charAt(i))));
            } else if (c == '%') {
                regex.append(".*");
            } else if (c == '_') {
                regex.append('.');
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return database.matches(regex.toString());
    }

    /** Whether the account has a privilege on the whole server. */
    boolean has(String privilege) {
        return grants.stream().anyMatch(grant -> !grant.revoked() && grant.isGlobal() && grant.names(privilege));
    }

    /** Whether the account has a privilege on a table, by whatever grant covers it. */
    boolean has(String privilege, TableId table) {
        boolean takenBack =
                grants.stream().anyMatch(grant -> grant.revoked() && grant.names(privilege) && grant.covers(table));
        return grants.stream()
                .anyMatch(grant -> !grant.revoked()
                        && !(takenBack && grant.isGlobal())
                        && grant.names(privilege)
                        && grant.covers(table));
    }

    /** {@code 'user'@'host'} as the server resolved it. */
    String quotedAccount() {
        int at = account.lastIndexOf('@');
        return "'" + account.substring(0, at).replace("'", "''") + "'@'" + account.substring(at + 1) + "'";
    }
}
