package dev.crossfade.capture.source;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.NearestName;
import dev.crossfade.model.Problem;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Says why a session could not be opened, by error code and SQLSTATE.
 *
 * @see <a href="https://mariadb.com/kb/en/mariadb-error-code-reference/">MariaDB error codes</a>; MySQL's are the same here
 */
final class ConnectFailure {
    private static final int ER_CON_COUNT = 1040;
    private static final int ER_DBACCESS_DENIED = 1044;
    private static final int ER_ACCESS_DENIED = 1045;
    private static final int ER_BAD_DB = 1049;
    private static final int ER_HOST_IS_BLOCKED = 1129;
    private static final int ER_HOST_NOT_PRIVILEGED = 1130;
    private static final int ER_ACCESS_DENIED_NO_PASSWORD = 1698;

    private ConnectFailure() {}

    /** Whether the server knows the account, but does not let it into the database. */
    static boolean isDatabaseDenied(SQLException e) {
        return e.getErrorCode() == ER_DBACCESS_DENIED;
    }

    static MigrationException explain(SourceDatabase database, SQLException e) {
        MigrationException explained = MigrationException.of(List.of(problem(database, e)), "nothing was changed");
        explained.initCause(e);
        return explained;
    }

    private static Problem problem(SourceDatabase database, SQLException e) {
        String subject = "source " + database;
        String user = database.access().user();
        return switch (e.getErrorCode()) {
            case ER_ACCESS_DENIED, ER_ACCESS_DENIED_NO_PASSWORD ->
                source(
                        "ACCESS-DENIED",
                        subject,
                        "the server knows no account '" + user
                                + "' with this password for this host, source.user and source.password must be those of one",
                        "");
            case ER_DBACCESS_DENIED ->
                source(
                        "ACCESS-DENIED",
                        subject,
                        "account '" + user + "' has no privilege on database " + database.database(),
                        "GRANT SELECT ON " + Identifiers.quote(database.database()) + ".* TO '" + user + "'@'%'");
            case ER_BAD_DB ->
                source(
                        "UNKNOWN-DATABASE",
                        subject,
                        "the server has no database " + database.database() + nearest(database),
                        "");
            case ER_CON_COUNT ->
                source("CONNECT", subject, "the server refuses more connections", "SET GLOBAL max_connections = …");
            case ER_HOST_NOT_PRIVILEGED, ER_HOST_IS_BLOCKED ->
                source(
                        "ACCESS-DENIED",
                        subject,
                        "the server does not let this host connect (error " + e.getErrorCode() + ")",
                        e.getErrorCode() == ER_HOST_IS_BLOCKED ? "FLUSH HOSTS" : "");
            default -> {
                String state = String.valueOf(e.getSQLState());
                yield state.startsWith("08")
                        ? source(
                                "UNREACHABLE",
                                subject,
                                "no server answers at " + database.host() + ":" + database.port() + " within 10 s",
                                "")
                        : source(
                                "CONNECT",
                                subject,
                                "the session could not be opened: error " + e.getErrorCode() + ", SQLSTATE " + state,
                                "");
            }
        };
    }

    private static Problem source(String code, String subject, String seen, String remedy) {
        return new Problem(ErrorKind.SOURCE, code, subject, seen, remedy);
    }

    private static String nearest(SourceDatabase database) {
        List<String> names = new ArrayList<>();
        try (Connection connection = database.openWithoutDatabase();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("show databases")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        } catch (SQLException e) {
            return ""; // only the hint is missing
        }
        return NearestName.hint(database.database(), names);
    }
}
