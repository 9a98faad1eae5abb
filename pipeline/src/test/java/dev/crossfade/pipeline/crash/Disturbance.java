package dev.crossfade.pipeline.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.pipeline.Phase;
import dev.crossfade.testkit.ChildProcess;
import dev.crossfade.testkit.KillingFaults;
import dev.crossfade.testkit.PostgresServer;
import dev.crossfade.testkit.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What happens to a migration under load. After each of them it must go on and lose, double or disorder nothing. */
enum Disturbance {
    KILL_AT_A_RANDOM_MOMENT(ChildProcess.KILLED) {
        @Override
        String strike(ChaosStage stage, Random random) {
            int before = stage.keeper.endings().size();
            stage.keeper.present().kill();
            stage.keeper.awaitEnding(before, Limits.AT_ONCE);
            return "";
        }
    },
    KILL_AT_A_FAULT_POINT(ChildProcess.KILLED) {
        @Override
        String strike(ChaosStage stage, Random random) {
            FaultPoint point = Limits.FAULT_POINTS.get(random.nextInt(Limits.FAULT_POINTS.size()));
            int latest = point == FaultPoint.CAPTURE_BEFORE_FENCE_COMMIT ? 3 : 20; // a fence comes once a second
            String arrival = point + ":" + (1 + random.nextInt(latest));
            stage.keeper.killAt(KillingFaults.PROPERTY, arrival, ChaosStage.PATIENCE);
            return arrival;
        }
    },
    CUT_SOURCE(Limits.GOES_ON) {
        @Override
        String strike(ChaosStage stage, Random random) {
            stage.wayToSource.cut();
            return "";
        }
    },
    CUT_SOURCE_WITHIN_AN_EVENT(Limits.GOES_ON) {
        @Override
        String strike(ChaosStage stage, Random random) {
            return cutAfter(1 + random.nextInt(60_000), stage.wayToSource);
        }
    },
    /** The run lock dies with its session and is taken again. */
    CUT_TARGET(Limits.GOES_ON) {
        @Override
        String strike(ChaosStage stage, Random random) {
            stage.wayToTarget.cut();
            return "";
        }
    },
    CUT_TARGET_WITHIN_AN_ANSWER(Limits.GOES_ON) {
        @Override
        String strike(ChaosStage stage, Random random) {
            return cutAfter(1 + random.nextInt(10_000), stage.wayToTarget);
        }
    },
    SWALLOW_THE_ANSWER_TO_A_COMMIT(Limits.GOES_ON) {
        @Override
        String strike(ChaosStage stage, Random random) {
            stage.wayToTarget.swallowAnswer(PostgresServer.COMMIT_ANSWER);
            stage.wayToTarget.awaitStrike(ChaosStage.PATIENCE);
            return "";
        }
    },
    CUT_BROKER(Limits.GOES_ON) {
        @Override
        String strike(ChaosStage stage, Random random) {
            stage.wayToBroker.cut();
            return "";
        }
    },
    CUT_BROKER_WITHIN_AN_ANSWER(Limits.GOES_ON) {
        @Override
        String strike(ChaosStage stage, Random random) {
            return cutAfter(1 + random.nextInt(20_000), stage.wayToBroker);
        }
    },
    FREEZE_SOURCE(Limits.GOES_ON) {
        @Override
        String strike(ChaosStage stage, Random random) {
            String noticed = SilentSource.of(stage);
            if (random.nextBoolean()) {
                return noticed;
            }
            stage.wayToSource.thaw();
            return noticed + ", thawed";
        }
    },
    FREEZE_TARGET(Limits.GOES_ON) {
        @Override
        String strike(ChaosStage stage, Random random) {
            stage.keeper.awaitPhase(Phase.SHADOWING, ChaosStage.PATIENCE);
            stage.wayToTarget.freeze();
            long frozenAt = System.nanoTime();
            Map<Integer, Long> before = stage.applied();
            stage.awaitAppliedBehind(before, ChaosStage.PATIENCE);
            String noticed = "applied again after "
                    + Duration.ofNanos(System.nanoTime() - frozenAt).toMillis() + " ms";
            if (random.nextBoolean()) {
                return noticed;
            }
            stage.wayToTarget.thaw();
            return noticed + ", thawed";
        }
    },
    RESTART_SOURCE(Limits.GOES_ON) {
        @Override
        String strike(ChaosStage stage, Random random) throws InterruptedException {
            stage.source.stop();
            ChaosStage.letPass(Duration.ofMillis(random.nextInt(2_000)));
            stage.source.restart();
            return "";
        }
    },
    RESTART_TARGET(Limits.GOES_ON) {
        @Override
        String strike(ChaosStage stage, Random random) throws InterruptedException {
            stage.target.stop();
            ChaosStage.letPass(Duration.ofMillis(random.nextInt(2_000)));
            stage.target.restart();
            return "";
        }
    },
    RESTART_BROKER(Limits.GOES_ON) {
        @Override
        String strike(ChaosStage stage, Random random) throws InterruptedException {
            stage.stopBroker();
            ChaosStage.letPass(Duration.ofMillis(random.nextInt(2_000)));
            stage.startBroker();
            return "";
        }
    },
    DELETE_THE_LOG(Limits.GOES_ON) {
        @Override
        String strike(ChaosStage stage, Random random) throws Exception {
            return LogDamage.deleted(stage, random);
        }
    },
    REPLACE_THE_LOG_BY_AN_OLDER_COPY(Limits.GOES_ON) {
        @Override
        String strike(ChaosStage stage, Random random) throws Exception {
            return LogDamage.replacedByAnOlderCopy(stage);
        }
    },
    TRUNCATE_THE_LOG(Limits.GOES_ON) {
        @Override
        String strike(ChaosStage stage, Random random) throws Exception {
            return LogDamage.truncated(stage, random);
        }
    },
    FILL_THE_DISK_OF_THE_LOG(Limits.GOES_ON) {
        @Override
        String strike(ChaosStage stage, Random random) {
            return LogDamage.fullDisk(stage);
        }
    },
    STOP_WHILE_ANOTHER_TAKES_OVER(Limits.GOES_ON) {
        @Override
        String strike(ChaosStage stage, Random random) throws Exception {
            return TakeOver.of(stage);
        }
    };

    private final int rightExit;

    Disturbance(int rightExit) {
        this.rightExit = rightExit;
    }

    /** Disturbs, and returns when it has happened; says what it chose and saw. */
    abstract String strike(ChaosStage stage, Random random) throws Exception;

    /** Whether a migration that is started again may have ended so, or must have gone on by itself. */
    void assertRightEndings(List<Keeper.Ending> endings) {
        assertThat(endings).allMatch(ending -> ending.exit() == rightExit);
    }

    /** Those that a run comes by once, while it begins. */
    static List<FaultPoint> onceOnlyFaultPoints() {
        return CrashIT.pointsOfRun().stream()
                .filter(point -> !Limits.FAULT_POINTS.contains(point))
                .toList();
    }

    private static String cutAfter(int bytes, TcpProxy way) {
        way.cutAfterAnswered(bytes);
        way.awaitStrike(ChaosStage.PATIENCE);
        return bytes + " bytes";
    }

    /** Here, because constants of an enum come after its values. */
    private static final class Limits {
        static final int GOES_ON = -1;

        static final Duration AT_ONCE = Duration.ofSeconds(30);

        /** Those that a migration meets again and again. */
        static final List<FaultPoint> FAULT_POINTS = List.of(
                FaultPoint.CAPTURE_BEFORE_COMMIT,
                FaultPoint.CAPTURE_AFTER_COMMIT,
                FaultPoint.CAPTURE_BEFORE_FENCE_COMMIT,
                FaultPoint.TRANSFORM_WITHIN_TRANSACTION,
                FaultPoint.TRANSFORM_AFTER_COMMIT,
                FaultPoint.SINK_AFTER_PROGRESS,
                FaultPoint.SINK_WITHIN_ACTIONS,
                FaultPoint.SINK_BEFORE_COMMIT,
                FaultPoint.SINK_AFTER_COMMIT);
    }
}
