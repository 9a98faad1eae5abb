package dev.crossfade.model;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that somebody most likely meant. */
public final class NearestName {
    private NearestName() {}

    /** The candidate with the fewest edits from {@code seen}, ignoring case; empty if none is within a third of its length. */
    public static Optional<String> of(String seen, Collection<String> candidates) {
        String best = "";
        int bestDistance = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            int distance = distance(seen.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        int limit = Math.max(2, seen.length() / 3);
        return bestDistance <= limit ? Optional.of(best) : Optional.empty();
    }

    /** The same as a phrase for a message: {@code ; did you mean 'email'?}, or nothing. */
    public static String hint(String seen, Collection<String> candidates) {
        return of(seen, candidates)
                .map(name -> "; did you mean '" + name + "'?")
                .orElse("");
    }

    /** Edits between the two: insert, delete, replace or swap of neighbours (optimal string alignment). */
    private static int distance(String a, String b) {
        int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                int replace = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int least = Math.min(Math.min(edits[i - 1][j] + 1, edits[i][j - 1] + 1), edits[i - 1][j - 1] + replace);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    least = Math.min(least, edits[i - 2][j - 2] + 1);
                }
                edits[i][j] = least;
            }
        }
        return edits[a.length()][b.length()];
    }
}
