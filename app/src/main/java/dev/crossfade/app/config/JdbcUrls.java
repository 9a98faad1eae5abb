package dev.crossfade.app.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The forms of a JDBC URL that a migration can use. */
final class JdbcUrls {
    static final String SOURCE_EXAMPLE = "url: \"jdbc:mariadb://host:3306/database\"";
    static final String TARGET_EXAMPLE = "url: \"jdbc:postgresql://host:5432/database\"";

    private static final Pattern URL = Pattern.compile(
            "jdbc:([a-z]+)://(\\[[0-9a-fA-F:.%]+]|[^/?#:\\[\\]@,]+)(?::([^/?#,]*))?(?:/([^?#]*))?(\\?.*)?");
    private static final Pattern CREDENTIAL =
            Pattern.compile("[?&;](user|username|password|pwd|pass)=", Pattern.CASE_INSENSITIVE);
    private static final List<String> MARIADB = List.of("mariadb", "mysql");
    private static final List<String> POSTGRESQL = List.of("postgresql");

    /** @param seen holds no credentials */
    record Fault(String code, String seen, String remedy) {}

    private JdbcUrls() {}

    /** What is wrong with a source's URL. */
    static Optional<Fault> sourceFault(FileText url) {
        return fault(url, "source.url", MARIADB, "a source is MariaDB or MySQL in this release", SOURCE_EXAMPLE);
    }

    /** What is wrong with a target's URL. */
    static Optional<Fault> targetFault(FileText url) {
        return fault(url, "target.url", POSTGRESQL, "a target is PostgreSQL in this release", TARGET_EXAMPLE);
    }

    private static Optional<Fault> fault(
            FileText text, String key, List<String> drivers, String driverRule, String example) {
        String url = text.value();
        String shown = "'" + key + "' is '" + Shown.url(text.raw()) + "'";
        if (CREDENTIAL.matcher(url).find() || url.matches("[^?]*@.*")) {
            return Optional.of(new Fault(
                    "URL-CREDENTIALS",
                    "'" + key + "' holds a user or a password",
                    "give them as user: and password: beside url:, and leave them out of the URL"));
        }
        Matcher matcher = URL.matcher(url);
        if (!matcher.matches()) {
            boolean severalHosts = url.matches("jdbc:[a-z]+://[^/]*,.*");
            boolean driverIsKnown = drivers.stream().anyMatch(driver -> url.startsWith("jdbc:" + driver + ":"));
            String why = severalHosts
                    ? "; it names several hosts, and positions in the log belong to one server"
                    : driverIsKnown ? "" : "; " + driverRule;
            return Optional.of(
                    new Fault("URL-FORM", shown + ", must be a JDBC URL of one server" + why, "write " + example));
        }
        String driver = matcher.group(1).toLowerCase(Locale.ROOT);
        if (!drivers.contains(driver)) {
            return Optional.of(new Fault("URL-FORM", shown + "; " + driverRule, "write " + example));
        }
        String port = matcher.group(3);
        if (port != null && !isPort(port)) {
            return Optional.of(
                    new Fault("PORT", shown + ", its port must be a number in 1..65535", "write " + example));
        }
        String database = matcher.group(4);
        if (database == null || database.isEmpty()) {
            return Optional.of(new Fault("URL-FORM", shown + " and names no database", "write " + example));
        }
        return Optional.empty();
    }

    /** Whether the text is a TCP port. */
    static boolean isPort(String text) {
        return text.matches("\\d{1,5}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= 65_535;
    }
}
