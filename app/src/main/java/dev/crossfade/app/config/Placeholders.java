package dev.crossfade.app.config;

import dev.crossfade.model.NearestName;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resolves {@code ${env:NAME}}, {@code ${file:/path}} (the whole file, trimmed) and {@code ${file:/path:key}} (a properties file),
 * the syntax of Kafka's {@code ConfigProvider}. What comes out is not resolved again.
 *
 * @see <a href="https://kafka.apache.org/43/configuration/configuration-providers/">Kafka: configuration providers</a>
 */
final class Placeholders {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]*)}");
    private static final List<String> PROVIDERS = List.of("env", "file");

    private final Map<String, String> environment;
    private final Path directory;

    /** @param directory what relative paths start from */
    Placeholders(Map<String, String> environment, Path directory) {
        this.environment = Map.copyOf(environment);
        this.directory = directory;
    }

    /** What is wrong with one placeholder. */
    interface Complaints {
        void add(String code, String seen, String remedy);
    }

    /** The text with every placeholder replaced; those with a complaint are left out. */
    String resolve(String text, Complaints complaints) {
        Matcher matcher = PLACEHOLDER.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (matcher.find()) {
            String value = lookUp(matcher.group(1), complaints).orElse("");
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(value));
        }
        return matcher.appendTail(resolved).toString();
    }

    private Optional<String> lookUp(String inner, Complaints complaints) {
        int colon = inner.indexOf(':');
        String provider = colon < 0 ? inner : inner.substring(0, colon);
        String rest = colon < 0 ? "" : inner.substring(colon + 1);
        if (colon < 0) {
            complaints.add(
                    "SECRET-FORM",
                    "'${" + Shown.key(inner) + "}' does not say where the value is",
                    "write ${env:NAME} for an environment variable or ${file:/path} for a file");
            return Optional.empty();
        }
        if (rest.isEmpty()) {
            complaints.add(
                    "SECRET-FORM",
                    "'${" + Shown.key(provider) + ":}' names nothing",
                    "write ${env:NAME} or ${file:/path}");
            return Optional.empty();
        }
        if (provider.equals("env")) {
            return variable(rest, complaints);
        }
        if (provider.equals("file")) {
            return file(rest, complaints);
        }
        complaints.add(
                "SECRET-FORM",
                "'${" + Shown.key(provider) + ":…}' is unknown" + NearestName.hint(provider, PROVIDERS),
                "write ${env:NAME} or ${file:/path}");
        return Optional.empty();
    }

    private Optional<String> variable(String name, Complaints complaints) {
        String value = environment.get(name);
        if (value == null) {
            complaints.add(
                    "SECRET-MISSING",
                    "environment variable " + Shown.key(name) + " is not set",
                    "export " + Shown.key(name) + "=… before you start Crossfade");
        }
        return Optional.ofNullable(value);
    }

    private Optional<String> file(String place, Complaints complaints) {
        Path whole = directory.resolve(place);
        int colon = place.lastIndexOf(':');
        if (colon > 0 && !Files.exists(whole)) {
            return property(directory.resolve(place.substring(0, colon)), place.substring(colon + 1), complaints);
        }
        try {
            return Optional.of(Files.readString(whole).strip());
        } catch (IOException failure) {
            return unreadable(whole, complaints);
        }
    }

    private static Optional<String> property(Path file, String key, Complaints complaints) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException failure) {
            return unreadable(file, complaints);
        }
        String value = properties.getProperty(key);
        if (value == null) {
            complaints.add(
                    "SECRET-MISSING", file + " has no key '" + key + "'", "add the key, or name one that it has");
        }
        return Optional.ofNullable(value);
    }

    /** The cause's text is not shown: a parser's may quote the file. */
    private static Optional<String> unreadable(Path file, Complaints complaints) {
        String seen = !Files.exists(file)
                ? "file " + file + " does not exist"
                : Files.isDirectory(file)
                        ? file + " is a directory, must be a file"
                        : "file " + file + " cannot be read as UTF-8 text by this user";
        complaints.add("SECRET-MISSING", seen, "make the file, readable by the user who runs Crossfade");
        return Optional.empty();
    }
}
