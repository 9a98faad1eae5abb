package dev.crossfade.pipeline.abort;

import dev.crossfade.capture.source.MarkerTable;
import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.capture.source.SourcePreflight;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.model.TopicNames;
import dev.crossfade.pipeline.AbortOptions.TargetTables;
import dev.crossfade.pipeline.AbortPlan;
import dev.crossfade.pipeline.KafkaSource;
import dev.crossfade.pipeline.MigrationSpec;
import dev.crossfade.pipeline.Removal;
import dev.crossfade.pipeline.Removal.Manner;
import dev.crossfade.pipeline.Removal.Place;
import dev.crossfade.pipeline.plan.Planner;
import dev.crossfade.pipeline.run.KafkaRemains;
import dev.crossfade.sink.TargetRemoval;
import dev.crossfade.sink.control.ControlSchema;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.control.RunLock;
import dev.crossfade.sink.control.RunOwner;
import dev.crossfade.sink.control.TargetTable;
import dev.crossfade.sink.control.TargetTable.Standing;
import dev.crossfade.sink.target.TargetDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What is there of a migration at one moment, as steps that take it away. Looking writes nothing and finds every problem at once; a
 * place with nothing of the migration makes no step. Holds Kafka open for its steps until it is closed. One thread.
 */
final class Survey implements AutoCloseable {
    private final MigrationSpec spec;
    private final KafkaSource kafka;
    private final Faults faults;
    private final TargetTables targetTables;
    private final TargetDatabase target;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<String> stays = new ArrayList<>();
    private Optional<KafkaSource.Session> session = Optional.empty();
    private Optional<KafkaRemains> remains = Optional.empty();
    private Optional<String> runBy = Optional.empty();

    /**
     * Takes away all of the migration in one place.
     *
     * @param removals what there is
     * @param action takes it away, under the epoch of the run lock
     * @param done reached once it is gone
     */
    record Step(List<Removal> removals, Consumer<Epoch> action, FaultPoint done) {}

    private Survey(MigrationSpec spec, KafkaSource kafka, Faults faults, TargetTables targetTables) {
        this.spec = spec;
        this.kafka = kafka;
        this.faults = faults;
        this.targetTables = targetTables;
        this.target = new TargetDatabase(spec.target());
    }

    /**
     * Looks everywhere.
     *
     * @throws MigrationException with everything that stands in the way
     */
    static Survey of(MigrationSpec spec, KafkaSource kafka, Faults faults, TargetTables targetTables) {
        Survey survey = new Survey(spec, kafka, faults, targetTables);
        try {
            survey.look();
            return survey;
        } catch (RuntimeException e) {
            survey.close();
            throw e;
        }
    }

    AbortPlan plan() {
        List<Removal> removals =
                steps.stream().flatMap(step -> step.removals().stream()).toList();
        return new AbortPlan(spec.name(), runBy, removals, stays);
    }

    List<Step> steps() {
        return steps;
    }

    private void look() {
        check("Kafka", this::lookAtKafka);
        check("source", this::lookAtSource);
        check("target", this::lookAtTarget);
        if (!problems.isEmpty()) {
            throw MigrationException.of(problems, "nothing was removed");
        }
    }

    private void check(String side, Runnable look) {
        try {
            look.run();
        } catch (MigrationException e) {
            problems.addAll(Planner.asProblems(e, side));
        }
    }

    private void lookAtKafka() {
        Optional<KafkaSource.Storage> storage = kafka.storage();
        if (storage.isPresent()) {
            KafkaSource.Storage records = storage.get();
            if (records.isThere()) {
                Removal removal = removal(Place.KAFKA, "embedded Kafka " + records, "it serves this migration alone");
                steps.add(new Step(List.of(removal), epoch -> records.remove(), FaultPoint.ABORT_AFTER_LOG));
            }
            return;
        }
        List<Problem> unreachable = kafka.problems();
        if (!unreachable.isEmpty()) {
            problems.addAll(unreachable);
            return;
        }
        KafkaSource.Session opened = kafka.open();
        session = Optional.of(opened);
        KafkaRemains left = new KafkaRemains(new TopicNames(spec.name()), opened.clientProperties(), faults);
        remains = Optional.of(left);
        List<Removal> removals = new ArrayList<>();
        left.openTransactions()
                .forEach(id -> removals.add(removal(Place.KAFKA, "open transaction of " + id, "it is aborted")));
        left.groups().forEach(group -> removals.add(removal(Place.KAFKA, "consumer group " + group, "")));
        left.topics().forEach(topic -> removals.add(removal(Place.KAFKA, "topic " + topic, "")));
        addStep(removals, epoch -> left.remove(), FaultPoint.ABORT_AFTER_LOG);
    }

    private void lookAtSource() {
        SourceDatabase source = SourceDatabase.of(spec.source());
        MarkerTable marker = new MarkerTable(source.database());
        Optional<Set<String>> users;
        try (Connection connection = source.open()) {
            users = marker.migrations(connection);
        } catch (SQLException e) {
            throw new IllegalStateException("closing a connection that was only read from failed", e);
        }
        if (users.isEmpty()) {
            return;
        }
        Set<String> others = new TreeSet<>(users.get());
        boolean isUser = others.remove(spec.name());
        if (!isUser && !others.isEmpty()) {
            return;
        }
        problems.addAll(SourcePreflight.checkRemoval(spec.source()));
        Removal removal = others.isEmpty()
                ? removal(Place.SOURCE, "table " + marker.id(), "no other migration needs it")
                : removal(
                        Place.SOURCE,
                        "rows of " + spec.name() + " in table " + marker.id(),
                        "which " + String.join(", ", others) + " needs");
        steps.add(new Step(
                List.of(removal),
                epoch -> {
                    try (Connection connection = source.openForWriting()) {
                        marker.drop(connection, spec.name());
                    } catch (SQLException e) {
                        throw new IllegalStateException("closing the connection to the source failed", e);
                    }
                },
                FaultPoint.ABORT_AFTER_SOURCE));
    }

    private void lookAtTarget() {
        target.checkReachable();
        ControlSchema control = new ControlSchema(target);
        if (!control.isInstalled()) {
            return;
        }
        runBy = RunLock.holder(target, spec.name())
                .map(running -> running.owner().toString());
        lookAtTables();
        Set<String> others = new TreeSet<>(control.migrations());
        List<Removal> removals = new ArrayList<>();
        if (others.remove(spec.name())) {
            String schema = "in schema " + ControlSchema.NAME + " of the target";
            removals.add(removal(Place.STATE, "phase, progress and ledger of " + spec.name(), schema));
            control.stores(spec.name())
                    .forEach(store -> removals.add(removal(
                            Place.STATE, "table " + store, "rows that share a key of the target are kept there")));
            noteRecordsElsewhere();
        }
        if (others.isEmpty()) {
            removals.add(removal(
                    Place.STATE, "schema " + ControlSchema.NAME + " of the target", "no other migration needs it"));
        }
        addStep(removals, epoch -> control.forget(spec.name()), FaultPoint.ABORT_AFTER_STATE);
    }

    /** The embedded Kafka is on the machine that ran the migration, perhaps not on this one. */
    private void noteRecordsElsewhere() {
        boolean isElsewhere =
                kafka.storage().filter(records -> !records.isThere()).isPresent();
        RunLock.lastOwner(target, spec.name())
                .filter(owner -> isElsewhere
                        && !owner.host().equals(RunOwner.thisProcess().host()))
                .ifPresent(owner -> stays.add("the embedded Kafka on machine " + owner.host()
                        + ", which ran the migration last; abort there too"));
    }

    private void lookAtTables() {
        TargetRemoval removal = new TargetRemoval(target, spec.name());
        List<Removal> removals = new ArrayList<>();
        for (TargetTable table : removal.tables()) {
            whyItStays(table).ifPresent(stays::add);
            if (table.standing() == Standing.OURS && targetTables == TargetTables.REMOVE) {
                removals.add(removal(table));
            }
        }
        if (targetTables == TargetTables.REMOVE) {
            removal.schemas()
                    .forEach(schema -> removals.add(
                            removal(Place.TARGET, "schema " + schema, "Crossfade created it, nothing else is in it")));
            problems.addAll(removal.problems());
        }
        addStep(removals, removal::remove, FaultPoint.ABORT_AFTER_TABLES);
    }

    private Optional<String> whyItStays(TargetTable table) {
        String name = "table " + table.id();
        return switch (table.standing()) {
            case OURS ->
                targetTables == TargetTables.KEEP
                        ? Optional.of(name + " with its rows: tables are to be kept")
                        : Optional.empty();
            case SHARED -> Optional.of(name + ": another migration fills it too");
            case REPLACED -> Optional.of(name + ": it has taken the place of the one that was filled");
            case GONE -> Optional.empty();
        };
    }

    private static Removal removal(TargetTable table) {
        String rows =
                table.estimatedRows() < 0 ? "" : String.format(Locale.ROOT, ", about %,d rows", table.estimatedRows());
        String object = "table " + table.id();
        return table.created()
                ? removal(Place.TARGET, object, "Crossfade created it" + rows)
                : new Removal(Place.TARGET, Manner.EMPTY, object, "it was there before, empty" + rows);
    }

    private static Removal removal(Place place, String object, String reason) {
        return new Removal(place, Manner.REMOVE, object, reason);
    }

    private void addStep(List<Removal> removals, Consumer<Epoch> action, FaultPoint done) {
        if (!removals.isEmpty()) {
            steps.add(new Step(List.copyOf(removals), action, done));
        }
    }

    @Override
    public void close() {
        remains.ifPresent(KafkaRemains::close);
        session.ifPresent(KafkaSource.Session::close);
    }
}
