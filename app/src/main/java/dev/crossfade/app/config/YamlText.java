package dev.crossfade.app.config;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Turns the file's bytes into nodes that know their line and column. YAML 1.2, so {@code no} and {@code on} are texts. */
final class YamlText {
    private static final String STATE_NOW = "nothing was read or written";

    private YamlText() {}

    /** @throws MigrationException of kind PLAN if there is no file, or it is no YAML */
    static Node compose(Path path) {
        String text = text(path);
        try {
            LoadSettings settings =
                    LoadSettings.builder().setLabel(path.toString()).build();
            Optional<Node> root = new Compose(settings).composeString(text);
            return root.orElseThrow(() -> refusal(
                    path.toString(), "FILE", "the file is empty", "write migration:, source:, target: and tables:"));
        } catch (MarkedYamlEngineException failure) {
            FileProblems problems = new FileProblems(path.toString());
            Optional<Mark> mark = failure.getProblemMark().or(failure::getContextMark);
            problems.add(problems.place(mark), "YAML", seen(failure), remedy(failure));
            problems.throwIfAny();
            throw failure;
        } catch (YamlEngineException failure) {
            throw refusal(path.toString(), "YAML", "the file holds a character that YAML does not allow", "remove it");
        }
    }

    private static String text(Path path) {
        if (!Files.exists(path)) {
            throw refusal(path.toString(), "FILE", "there is no such file", "name the migration file with -c");
        }
        if (Files.isDirectory(path)) {
            throw refusal(path.toString(), "FILE", "is a directory, must be a file", "name the migration file with -c");
        }
        try {
            String text = Files.readString(path);
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException failure) {
            throw refusal(path.toString(), "FILE", "the file is not in UTF-8", "save it as UTF-8");
        } catch (IOException failure) {
            throw refusal(
                    path.toString(),
                    "FILE",
                    "the file cannot be read by this user",
                    "make it readable: chmod u+r FILE");
        }
    }

    private static MigrationException refusal(String subject, String code, String seen, String remedy) {
        return MigrationException.of(List.of(new Problem(ErrorKind.PLAN, code, subject, seen, remedy)), STATE_NOW);
    }

    /**
     * The parser's own words, unless they may quote the file: an unquoted password that begins with {@code *}, {@code !} or
     * {@code %} would come back as the name of an alias or a tag.
     */
    private static String seen(MarkedYamlEngineException failure) {
        String problem = failure.getProblem() == null ? "" : failure.getProblem();
        if (problem.contains("\\t")) {
            return "a tab stands where YAML wants blanks";
        }
        if (problem.startsWith("found undefined alias")) {
            return "a text that begins with * is an alias in YAML, and no anchor has its name";
        }
        boolean quotesNothing =
                problem.matches("[a-z ,<>-]+") && !problem.matches(".*\\b(alias|anchor|tag|directive)\\b.*");
        return "not YAML here" + (quotesNothing ? ": " + problem.replaceFirst(", but .*", "") : "");
    }

    private static String remedy(MarkedYamlEngineException failure) {
        String problem = failure.getProblem() == null ? "" : failure.getProblem();
        if (problem.contains("\\t")) {
            return "indent with blanks";
        }
        return "check the indentation; put texts with special characters in double quotes";
    }
}
