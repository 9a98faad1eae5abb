package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The world stands in the way: not a bug. The message names the object, what was seen, what was expected and what is true now; it
 * never holds row values or secrets.
 */
public final class MigrationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorKind kind;
    private final transient List<Problem> problems;

    public MigrationException(ErrorKind kind, String message) {
        super(message);
        this.kind = requireNonNull(kind, "kind");
        this.problems = List.of();
    }

    public MigrationException(ErrorKind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = requireNonNull(kind, "kind");
        this.problems = List.of();
    }

    private MigrationException(String message, List<Problem> problems) {
        super(message);
        this.kind = problems.get(0).kind();
        this.problems = List.copyOf(problems);
    }

    /**
     * All problems of a check in one exception, of the first one's kind.
     *
     * @param problems at least one
     * @param stateNow what is true now: {@code nothing was changed}
     */
    public static MigrationException of(List<Problem> problems, String stateNow) {
        String list = problems.stream().map(problem -> "  - " + problem).collect(Collectors.joining("\n"));
        String heading = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
        return new MigrationException(heading + "; " + stateNow + "\n" + list, problems);
    }

    public ErrorKind kind() {
        return kind;
    }

    /** The problems of a check, empty for a single failure. */
    public List<Problem> problems() {
        return problems;
    }
}
