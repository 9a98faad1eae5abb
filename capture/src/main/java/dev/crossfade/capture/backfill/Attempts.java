package dev.crossfade.capture.backfill;

import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.capture.source.SourceFailures;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import java.sql.SQLException;
import java.time.Duration;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does one worker's work, and begins it again with everything opened anew when the source or Kafka broke, exactly as after a crash.
 * One thread.
 */
final class Attempts {
    private static final Logger log = LoggerFactory.getLogger(Attempts.class);
    private static final int MAX_ATTEMPTS = 20; // in a row without progress: about 8 minutes
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final String worker;
    private final String topic;
    private final String afterFailure;
    private final SourceDatabase source;
    private final Turnstile turnstile;
    private int attempts;
    private Duration pause = FIRST_PAUSE;

    /**
     * Attempts of one worker.
     *
     * @param worker its name in messages: {@code chunk reader 1}
     * @param topic the topic that it writes to
     * @param afterFailure what is true once it gave up, as the end of a sentence
     */
    Attempts(String worker, String topic, String afterFailure, SourceDatabase source, Turnstile turnstile) {
        this.worker = worker;
        this.topic = topic;
        this.afterFailure = afterFailure;
        this.source = source;
        this.turnstile = turnstile;
    }

    /** Work that opens what it needs and closes it. */
    @FunctionalInterface
    interface Work {
        /** Returns true once all is done, false if it was stopped before. */
        boolean run() throws SQLException, InterruptedException;
    }

    /** Something is done for good: failures before it do not count any more. */
    void progressed() {
        attempts = 0;
        pause = FIRST_PAUSE;
    }

    /**
     * Works until all is done, or until told to stop.
     *
     * @return true if all is done, false if it was stopped before
     * @throws MigrationException if it cannot go on, or has failed too often in a row
     */
    boolean run(Work work) throws InterruptedException {
        while (true) {
            Exception broken;
            try {
                return work.run();
            } catch (InterruptException e) {
                throw new InterruptedException();
            } catch (ProducerFencedException
                    | InvalidProducerEpochException
                    | AuthorizationException
                    | InvalidOffsetException e) {
                throw kafkaFailed(e);
            } catch (KafkaException e) {
                if (attempts >= MAX_ATTEMPTS) {
                    throw kafkaFailed(e);
                }
                broken = e;
            } catch (SQLException e) {
                if (turnstile.isStopped()) {
                    return false; // the statement was broken off on purpose
                }
                if (!SourceFailures.isPassing(e) || attempts >= MAX_ATTEMPTS) {
                    throw sourceFailed(e);
                }
                broken = e;
            } catch (MigrationException e) {
                if (!SourceFailures.isPassing(e) || attempts >= MAX_ATTEMPTS) {
                    throw e;
                }
                broken = e;
            }
            attempts++;
            log.atWarn()
                    .addKeyValue("worker", worker)
                    .addKeyValue("attempt", attempts)
                    .addKeyValue("pauseMillis", pause.toMillis())
                    .setCause(broken)
                    .log("connection lost, beginning again");
            if (turnstile.awaitStop(pause)) {
                return false;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private MigrationException kafkaFailed(KafkaException e) {
        return new MigrationException(
                ErrorKind.TRANSFORM, worker + " cannot write to " + topic + "; " + afterFailure, e);
    }

    private MigrationException sourceFailed(SQLException e) {
        return new MigrationException(
                ErrorKind.SOURCE,
                worker + " cannot read from " + source + ": error " + e.getErrorCode() + ", SQLSTATE " + e.getSQLState()
                        + "; " + afterFailure,
                e);
    }

    /** Aborts. The first failure is the one that counts; an abort that fails is made good by the next initTransactions. */
    void abort(Producer<byte[], byte[]> producer) {
        try {
            producer.abortTransaction();
        } catch (KafkaException e) {
            log.atDebug().addKeyValue("worker", worker).setCause(e).log("open transaction left to the next start");
        }
    }
}
