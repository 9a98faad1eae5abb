package dev.crossfade.pipeline.crash;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.pipeline.Phase;
import dev.crossfade.pipeline.crash.Keeper.Ending;
import dev.crossfade.testkit.KillingFaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Disturbs a migration under load, round after round, each time in another way; see {@link Disturbance}. After every round both sides
 * must be equal, and the change topics must hold the source's log exactly once and in order. Each migration meets its first disturbance
 * while it copies. {@code -Dcrossfade.rounds=N} gives the number of rounds, {@code -Dcrossfade.seed=N} the seed,
 * which is printed, {@code -Dcrossfade.disturbances=REGEX} the names of the disturbances.
 */
class ChaosIT {
    private static final Logger log = LoggerFactory.getLogger(ChaosIT.class);
    private static final int ROUNDS = Integer.getInteger("crossfade.rounds", 4);
    /** The few rounds of every build are the same ones; whoever asks for more wants others each time. */
    private static final long REPEATABLE = 8;

    private static final List<Disturbance> KINDS = Arrays.stream(Disturbance.values())
            .filter(kind -> kind.name().matches(System.getProperty("crossfade.disturbances", ".*")))
            .toList();
    private static final int ROUNDS_PER_MIGRATION = KINDS.size();
    /** Longer than any patience of two seconds where there is time for it. */
    private static final Duration SUSPENSION = Duration.ofSeconds(ROUNDS >= ROUNDS_PER_MIGRATION ? 20 : 3);

    private final Path directory;
    private final long seed = Long.getLong(
            "crossfade.seed", Long.getLong("crossfade.rounds") == null ? REPEATABLE : new Random().nextLong());
    private final Random random = new Random(seed);
    private final Deque<Disturbance> deck = new ArrayDeque<>();

    ChaosIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    @Timeout(value = 24, unit = TimeUnit.HOURS)
    void nothingIsLostDoubledOrDisorderedWhateverIsDisturbed() throws Exception {
        log.atInfo().addKeyValue("seed", seed).addKeyValue("rounds", ROUNDS).log("chaos test");
        for (int done = 0; done < ROUNDS; done += ROUNDS_PER_MIGRATION) {
            migrate(done + 1, Math.min(ROUNDS, done + ROUNDS_PER_MIGRATION));
        }
    }

    /** One migration from its beginning, with these rounds. */
    private void migrate(int firstRound, int lastRound) throws Exception {
        try (ChaosStage stage = ChaosStage.start(directory.resolve("kafka-" + firstRound), seed, SUSPENSION)) {
            begin(stage);
            stage.keeper.awaitPhase(Phase.BACKFILLING, ChaosStage.PATIENCE);
            for (int round = firstRound; round <= lastRound; round++) {
                round(stage, round);
            }
            stage.finish();
        }
    }

    /** Every other migration is killed at its beginning, at a place that comes once only. */
    private void begin(ChaosStage stage) {
        if (random.nextBoolean()) {
            stage.keeper.go();
            return;
        }
        List<FaultPoint> points = Disturbance.onceOnlyFaultPoints();
        FaultPoint point = points.get(random.nextInt(points.size()));
        log.atInfo().addKeyValue("seed", seed).addKeyValue("at", point).log("killed at its beginning");
        stage.keeper.startToDie(KillingFaults.PROPERTY, point.name());
        stage.keeper.awaitEnding(0, ChaosStage.PATIENCE);
    }

    private void round(ChaosStage stage, int round) throws Exception {
        Disturbance disturbance = next();
        long started = System.nanoTime();
        Laps laps = new Laps();
        int endingsBefore = stage.keeper.endings().size();
        String seen = "";
        String result = "FAILED";
        try {
            ChaosStage.letPass(Duration.ofMillis(random.nextInt(1_500)));
            seen = disturbance.strike(stage, random);
            laps.lap("disturbed");
            stage.assertEqual(laps);
            stage.wayToSource.thaw();
            stage.wayToTarget.thaw();
            disturbance.assertRightEndings(endings(stage, endingsBefore));
            result = "equal";
        } finally {
            log.atInfo()
                    .addKeyValue("seed", seed)
                    .addKeyValue("round", round)
                    .addKeyValue("disturbance", disturbance)
                    .addKeyValue("seen", seen)
                    .addKeyValue("endings", endings(stage, endingsBefore))
                    .addKeyValue("seconds", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started) / 1e3)
                    .addKeyValue("spent", laps)
                    .addKeyValue("result", result)
                    .log("round");
            if (!result.equals("equal")) {
                keepStory(stage, round);
            }
        }
    }

    private static List<Ending> endings(ChaosStage stage, int from) {
        List<Ending> all = stage.keeper.endings();
        return all.subList(from, all.size());
    }

    /** Every kind comes up before any of them comes again. */
    private Disturbance next() {
        if (deck.isEmpty()) {
            List<Disturbance> all = new ArrayList<>(KINDS);
            Collections.shuffle(all, random);
            deck.addAll(all);
        }
        return deck.removeFirst();
    }

    private void keepStory(ChaosStage stage, int round) throws IOException {
        Path story = Path.of("target", "chaos-" + seed + "-" + round + ".log").toAbsolutePath();
        Files.write(story, stage.keeper.story());
        log.atError().addKeyValue("file", story).log("what the last processes said");
    }
}
