package dev.crossfade.pipeline.stop;

import dev.crossfade.pipeline.StoppedTables;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What has changed among the stopped tables since they were looked at last, in sentences. One thread. */
public final class StopNews {
    private List<StoppedTables> known = List.of();

    /** Sentences for a person; none if nothing has changed. */
    public List<String> since(List<StoppedTables> stopped) {
        Set<List<String>> before = new HashSet<>();
        known.forEach(each -> before.add(each.tables()));
        Set<List<String>> now = new HashSet<>();
        List<String> news = new ArrayList<>();
        for (StoppedTables each : stopped) {
            now.add(each.tables());
            if (!known.contains(each)) {
                news.add(sentence(each, before.contains(each.tables())));
            }
        }
        known.stream()
                .filter(each -> !now.contains(each.tables()))
                .forEach(each -> news.add(each.name() + " runs again"));
        known = List.copyOf(stopped);
        return news;
    }

    private static String sentence(StoppedTables stop, boolean isKnown) {
        return switch (stop.state()) {
            case STOPPED ->
                stop.name() + (isKnown ? " has stopped again" : " has stopped") + ", all others go on: " + stop.reason()
                        + " [" + stop.id() + "]";
            case WANTED -> stop.name() + " is to be taken up again";
            case COPYING -> stop.name() + " is copied again";
            case REPLAYING -> stop.name() + ": what it missed is applied";
        };
    }
}
