package dev.crossfade.app.config;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.pipeline.TableRule.FilePlace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Collects the problems of one migration file, each with its place. One thread. */
final class FileProblems {
    private static final Comparator<Placed> BY_PLACE = Comparator.<Placed>comparingInt(
                    placed -> placed.place().line())
            .thenComparingInt(placed -> placed.place().column());

    private record Placed(FilePlace place, Problem problem) {}

    private final String file;
    private final List<Placed> problems = new ArrayList<>();

    FileProblems(String file) {
        this.file = file;
    }

    FilePlace place(Node node) {
        return place(node.getStartMark());
    }

    /** A mark counts from 0, a place from 1. */
    FilePlace place(Optional<Mark> mark) {
        return mark.map(at -> new FilePlace(file, at.getLine() + 1, at.getColumn() + 1))
                .orElseGet(() -> new FilePlace(file, 1, 1));
    }

    /** Neither text may hold a value that could be a secret. */
    void add(Node at, String code, String seen, String remedy) {
        add(place(at), code, seen, remedy);
    }

    void add(FilePlace place, String code, String seen, String remedy) {
        problems.add(new Placed(place, new Problem(ErrorKind.PLAN, code, place.toString(), seen, remedy)));
    }

    /**
     * Ends the reading if anything was found.
     *
     * @throws MigrationException with every problem, in the order of the file
     */
    void throwIfAny() {
        if (!problems.isEmpty()) {
            throw MigrationException.of(
                    problems.stream().sorted(BY_PLACE).map(Placed::problem).toList(), "nothing was read or written");
        }
    }
}
