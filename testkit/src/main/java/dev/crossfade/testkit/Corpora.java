package dev.crossfade.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.opentest4j.TestAbortedException;

/**
 * Real databases to migrate. They are not part of the repository: they lie in a directory {@code shared/corpora} beside it, or in
 * the {@code corpora} of the directory that system property {@code crossfade.shared} names.
 */
public final class Corpora {
    /** System property: the directory that holds {@code corpora}. */
    public static final String PROPERTY = "crossfade.shared";

    private Corpora() {}

    /** A corpus' folder, empty if it is not there. */
    public static Optional<Path> find(String corpus) {
        return shared().map(shared -> shared.resolve("corpora").resolve(corpus)).filter(Files::isDirectory);
    }

    /** A corpus' folder; without it the calling test ends as skipped, with a message that names what is missing. */
    public static Path orSkip(String corpus) {
        return find(corpus)
                .orElseThrow(() -> new TestAbortedException("skipped: no corpus '" + corpus + "' found; -D" + PROPERTY
                        + "=DIR names the directory that holds corpora/" + corpus));
    }

    /**
     * Loads a corpus as it is; its scripts make their database anew. Without the corpus the calling test ends as skipped.
     *
     * @return the name of its database
     */
    public static String load(String corpus, MariaDbServer server) {
        Path folder = orSkip(corpus);
        for (String script : scripts(corpus)) {
            server.runScript("", folder.resolve(script));
        }
        return switch (corpus) {
            case "sakila", "northwind" -> corpus;
            case "chinook" -> "Chinook";
            default -> "app_" + corpus;
        };
    }

    private static List<String> scripts(String corpus) {
        return switch (corpus) {
            case "sakila" -> List.of("sakila-schema.sql", "sakila-data.sql");
            case "chinook" -> List.of("Chinook.sql");
            case "northwind" -> List.of("mysql.sql");
            default -> List.of("load.sql");
        };
    }

    private static Optional<Path> shared() {
        String given = System.getProperty(PROPERTY);
        if (given != null) {
            return Optional.of(Path.of(given)).filter(Files::isDirectory);
        }
        Path directory = Path.of("").toAbsolutePath();
        while (directory != null) {
            Path candidate = directory.resolve("shared");
            if (Files.isDirectory(candidate.resolve("corpora"))) {
                return Optional.of(candidate);
            }
            directory = directory.getParent();
        }
        return Optional.empty();
    }
}
