package dev.crossfade.pipeline.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.TopicNames;
import dev.crossfade.pipeline.AbortListener;
import dev.crossfade.pipeline.AbortOptions;
import dev.crossfade.pipeline.LogDirectory;
import dev.crossfade.pipeline.Phase;
import dev.crossfade.pipeline.Removal;
import dev.crossfade.pipeline.crash.Keeper.Ending;
import dev.crossfade.testkit.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * What can happen to the log's directory while neither its broker nor the migration runs. In another log, or in one that has lost
 * something, the migration must not go on: it says why and writes nothing. With the right log put back it goes on; where that is gone, it
 * is aborted and begins anew.
 */
final class LogDamage {
    private static final Duration REFUSED_WITHIN = Duration.ofMinutes(1);
    private static final Pattern REASON = Pattern.compile("LOG-[A-Z-]+");
    private static final TopicNames TOPICS = new TopicNames(RunInChild.MIGRATION);
    /** More than a broker needs to start, and less than a segment of the log grows to. */
    private static final long ROOM_BYTES = 13 << 20;
    /** Of more than a mebibyte each, in one partition. */
    private static final int WIDE_CHANGES = 20;

    private LogDamage() {}

    static String deleted(ChaosStage stage, Random random) throws Exception {
        end(stage);
        Path aside = asideOf(stage);
        Files.move(stage.brokerDirectory, aside);
        String refusal = assertRefused(stage);
        if (random.nextBoolean()) {
            putBack(stage, aside);
            return refusal + ", put back";
        }
        LogDirectory.delete(aside);
        stage.startBroker();
        stage.fromOutside().abort(AbortOptions.ALL, new Unheard());
        stage.keeper.go();
        return refusal + ", aborted and begun anew";
    }

    static String replacedByAnOlderCopy(ChaosStage stage) throws Exception {
        stage.keeper.awaitPhase(Phase.SHADOWING, ChaosStage.PATIENCE);
        end(stage);
        Path aside = asideOf(stage);
        Path older = LogDirectory.copy(stage.brokerDirectory, aside.resolveSibling("older"));
        stage.startBroker();
        Map<Integer, Long> ends = stage.ends();
        stage.keeper.go();
        stage.awaitAppliedBehind(ends, ChaosStage.PATIENCE); // until then the older copy has lost nothing
        end(stage);
        Files.move(stage.brokerDirectory, aside);
        Files.move(older, stage.brokerDirectory);
        String refusal = assertRefused(stage);
        putBack(stage, aside);
        return refusal;
    }

    static String truncated(ChaosStage stage, Random random) throws Exception {
        stage.keeper.awaitPhase(Phase.SHADOWING, ChaosStage.PATIENCE);
        end(stage);
        Path aside = asideOf(stage);
        Files.move(stage.brokerDirectory, aside);
        LogDirectory.copy(aside, stage.brokerDirectory);
        Map<Integer, Long> applied = stage.applied();
        int partition = random.nextInt(applied.size());
        String topic =
                switch (random.nextInt(3)) {
                    case 0 -> {
                        LogDirectory.cutBefore(
                                stage.brokerDirectory, TOPICS.rows(), partition, applied.getOrDefault(partition, 0L));
                        yield TOPICS.rows();
                    }
                    case 1 -> {
                        int batches = LogDirectory.batches(stage.brokerDirectory, TOPICS.changes(), partition);
                        LogDirectory.keep(stage.brokerDirectory, TOPICS.changes(), partition, batches / 2);
                        yield TOPICS.changes();
                    }
                    default -> {
                        LogDirectory.keep(stage.brokerDirectory, TOPICS.positions(), 0, 2);
                        yield TOPICS.positions();
                    }
                };
        String refusal = assertRefused(stage);
        putBack(stage, aside);
        return topic + ": " + refusal;
    }

    /** The disk fills while the migration runs with a broker of its own; then there is room again. */
    static String fullDisk(ChaosStage stage) {
        end(stage);
        for (int i = 0; i < WIDE_CHANGES; i++) {
            stage.source.execute(
                    RunInChild.DATABASE,
                    "update journal set entry = repeat('" + (char) ('a' + i) + "', 1 << 20) where id = 1");
        }
        ChildProcess child = stage.keeper.startOnce(stage.childWithOwnBroker().largestFile(ROOM_BYTES));
        Awaitility.await("the end for want of room")
                .atMost(ChaosStage.PATIENCE.multipliedBy(2))
                .until(() -> !child.isAlive());
        Ending ending = Ending.of(child, REFUSED_WITHIN);
        assertThat(ending.exit()).as(ending.toString()).isEqualTo(ErrorKind.TRANSFORM.exitCode());
        assertThat(ending.reason()).contains("the embedded Kafka broker gave up");
        stage.source.execute(RunInChild.DATABASE, "update journal set entry = 'there is room' where id = 1");
        stage.startBroker();
        stage.keeper.go();
        return ending.toString();
    }

    private static void end(ChaosStage stage) {
        stage.keeper.pause();
        stage.stopBroker();
    }

    private static Path asideOf(ChaosStage stage) {
        return stage.brokerDirectory.resolveSibling(stage.brokerDirectory.getFileName() + "-aside");
    }

    private static void putBack(ChaosStage stage, Path aside) throws IOException {
        Files.move(aside, stage.brokerDirectory);
        stage.startBroker();
        stage.keeper.go();
    }

    /** Runs the migration upon the directory as it is, which must be refused, and removes the directory. */
    private static String assertRefused(ChaosStage stage) {
        stage.pauseLoad();
        List<String> before = stage.targetState();
        ChildProcess child = stage.keeper.startOnce(stage.childWithOwnBroker());
        Ending ending = Ending.of(child, REFUSED_WITHIN);
        assertThat(ending.exit()).as(String.join("\n", child.output())).isEqualTo(ErrorKind.TRANSFORM.exitCode());
        List<String> reasons = child.output().stream()
                .flatMap(line -> REASON.matcher(line).results())
                .map(MatchResult::group)
                .distinct()
                .toList();
        assertThat(reasons).as(ending.toString()).isNotEmpty();
        assertThat(stage.targetState()).isEqualTo(before);
        LogDirectory.delete(stage.brokerDirectory);
        stage.resumeLoad();
        return "refused: " + String.join(", ", reasons);
    }

    private static final class Unheard implements AbortListener {
        @Override
        public void removed(Removal removal) {}

        @Override
        public void message(String text) {}
    }
}
