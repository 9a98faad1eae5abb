package dev.crossfade.app.screen;

import dev.crossfade.pipeline.Phase;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What phases are called. */
public final class PhaseWords {
    private PhaseWords() {}

    /** For a person: {@code catching up}. */
    public static String words(Phase phase) {
        return phase.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** What was done once the phase is over: {@code caught up}. */
    static String done(Phase phase) {
        return switch (phase) {
            case PLANNED -> "checked and planned";
            case BACKFILLING -> "backfilled";
            case CATCHING_UP -> "caught up";
            case SHADOWING -> "shadowed";
        };
    }

    /** For options and JSON: {@code catching-up}. */
    public static String key(Phase phase) {
        return phase.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static List<String> keys() {
        return Arrays.stream(Phase.values()).map(PhaseWords::key).toList();
    }

    public static Optional<Phase> parse(String key) {
        return Arrays.stream(Phase.values())
                .filter(phase -> key(phase).equals(key.toLowerCase(Locale.ROOT)))
                .findFirst();
    }
}
