package dev.crossfade.capture.change;

import dev.crossfade.model.ChangePosition;
import dev.crossfade.model.TableId;
import dev.crossfade.model.codec.Partitioning;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which units are stopped, and which troubles the log has shown that are not published yet. The thread that reads the log raises
 * troubles ahead of the records behind them; the thread that publishes takes each before the first record that stands at or after it.
 * At most one trouble per unit waits: of a unit in trouble nothing more is looked at. Both threads ask for every event or record, so
 * while nothing is in trouble the answer takes no lock. Thread-safe.
 */
final class Stops {
    private final Partitioning partitioning;
    private final Map<TableId, String> units = new TreeMap<>();
    private final Set<String> stopped = new TreeSet<>();
    private final List<Trouble> raised = new ArrayList<>(); // in the log's order
    private final Set<String> takenUp = new HashSet<>(); // of which no position says so yet
    private @Nullable ChangePosition heard; // null until a stop was published
    private @Nullable ChangePosition stored; // null until there is a position
    private volatile boolean
            isAnyInTrouble; // stopped, or raised; set before the record behind a trouble can be published

    Stops(List<CapturedTable> tables, Partitioning partitioning) {
        this.partitioning = partitioning;
        for (CapturedTable table : tables) {
            units.put(table.table().id(), partitioning.unitOf(table.table().id()));
        }
    }

    /** What a position is stored with, and the taking up that it makes durable. */
    record Snapshot(StoredStops stops, Set<String> takenUp) {}

    /** Begins a run of the log from a stored position. Troubles that wait are read again. */
    synchronized void begin(StoredStops stops, Optional<ChangePosition> position) {
        raised.clear();
        stopped.clear();
        stopped.addAll(stops.units());
        stopped.removeAll(takenUp);
        heard = stops.heard().orElse(null);
        stored = position.orElse(null);
        noteTroubles();
    }

    synchronized Set<String> stopped() {
        return Set.copyOf(stopped);
    }

    /** Publishes the units of these tables again, from now on. */
    synchronized void takeUp(Set<TableId> tables) {
        for (TableId table : tables) {
            String unit = units.get(table);
            if (unit == null) {
                throw new IllegalArgumentException("table " + table + " is not captured");
            }
            takenUp.add(unit);
            stopped.remove(unit);
            raised.removeIf(trouble -> isOf(unit, trouble));
        }
        noteTroubles();
    }

    private void noteTroubles() {
        isAnyInTrouble = !stopped.isEmpty() || !raised.isEmpty();
    }

    /** The captured tables among which a statement, as it writes them, may mean one. */
    List<TableId> meant(SourceStatement statement) {
        Set<String> named = statement.tables().stream().map(Stops::folded).collect(Collectors.toSet());
        Predicate<TableId> isMeant = table -> statement.isAnywhere()
                || named.contains(folded(table))
                || statement.schemas().stream().anyMatch(table.schema()::equalsIgnoreCase);
        return units.keySet().stream().filter(isMeant).toList();
    }

    private static String folded(TableId table) {
        return table.toString().toLowerCase(Locale.ROOT); // a server may not tell names by their case
    }

    boolean isCaptured(TableId table) {
        return units.containsKey(table);
    }

    /** Whether changes of the table set off referential actions that the source does not log. */
    boolean setsOffActions(TableId table) {
        return partitioning.setsOffActions(table);
    }

    /** Whether the table is in an order group. */
    boolean isOrdered(TableId table) {
        return partitioning.keepsOrder(table);
    }

    /** Whether the table's changes are not wanted: its unit is stopped, or will be. */
    boolean isInTrouble(TableId table) {
        return isAnyInTrouble && isUnitInTrouble(table);
    }

    private synchronized boolean isUnitInTrouble(TableId table) {
        String unit = units.get(table);
        return unit != null && (stopped.contains(unit) || raised.stream().anyMatch(trouble -> isOf(unit, trouble)));
    }

    /** Takes note of a trouble, unless its unit is in trouble already or the place is an old one that is read again. */
    synchronized void raise(Trouble trouble) {
        boolean isOld = isBehind(heard, trouble) || isBehind(stored, trouble);
        if (!isOld && !isInTrouble(trouble.table())) {
            raised.add(trouble);
            noteTroubles();
        }
    }

    private static boolean isBehind(@Nullable ChangePosition place, Trouble trouble) {
        return place != null && Trouble.isAtOrBefore(trouble.place(), place);
    }

    /** The troubles at or before {@code place}; from now on their units are stopped. */
    List<Trouble> stopAt(ChangePosition place) {
        return isAnyInTrouble ? stopWhatIsDueAt(place) : List.of();
    }

    private synchronized List<Trouble> stopWhatIsDueAt(ChangePosition place) {
        List<Trouble> due = raised.stream()
                .filter(trouble -> Trouble.isAtOrBefore(trouble.place(), place))
                .toList();
        due.forEach(this::stop);
        raised.removeAll(due);
        noteTroubles();
        return due;
    }

    /** Stops the unit of a trouble that was met only when the record was to be published. */
    synchronized void stop(Trouble trouble) {
        stopped.add(unitOf(trouble));
        heard = trouble.place();
        noteTroubles();
    }

    boolean isStopped(TableId table) {
        return isAnyInTrouble && isUnitStopped(table);
    }

    private synchronized boolean isUnitStopped(TableId table) {
        String unit = units.get(table);
        return unit != null && stopped.contains(unit);
    }

    synchronized Snapshot snapshot() {
        return new Snapshot(new StoredStops(stopped, Optional.ofNullable(heard)), Set.copyOf(takenUp));
    }

    /** A position with this snapshot is durable. */
    synchronized void committed(Snapshot snapshot, ChangePosition position) {
        takenUp.removeAll(snapshot.takenUp());
        stored = position;
    }

    private boolean isOf(String unit, Trouble trouble) {
        return unit.equals(unitOf(trouble));
    }

    private String unitOf(Trouble trouble) {
        return units.getOrDefault(trouble.table(), trouble.table().toString());
    }
}
