package dev.crossfade.capture.backfill;

import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.TopicNames;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Copies the tables of a stopped unit once more, in the way of order groups: under one snapshot whose place in the log is known, into
 * the partition of the chunks behind those of the readers. To be used when the backfill is over. It keeps nothing open. One
 * thread works; {@link #stop} is for any.
 */
public final class Recopy {
    private final KafkaClients kafka;
    private final TopicNames topics;
    private final TopicPartition chunks;
    private final Turnstile turnstile;
    private final GroupCopier copier;

    /**
     * A copy that has not begun.
     *
     * @param settings its marker is committed, and every snapshot must see it
     * @param gate asked as in the first copy; it must count nothing that stands before {@link #end}
     */
    public Recopy(
            SourceDatabase source,
            MigrationPlan plan,
            Map<String, ?> kafka,
            BackfillSettings settings,
            BackfillGate gate,
            Faults faults) {
        this.turnstile = new Turnstile(gate);
        this.kafka = new KafkaClients(kafka);
        this.topics = new TopicNames(plan.migration());
        this.chunks = new TopicPartition(topics.chunks(), settings.readers());
        this.copier = new GroupCopier(
                source, plan, this.kafka, settings, turnstile, faults, new ProgressCounters(plan), Set::of);
    }

    /** Where the copy will begin in the partition; what stands there of copies that were given up is before it. */
    public long end() {
        try (Consumer<byte[], byte[]> consumer = kafka.consumer(topics.readerGroup())) {
            return consumer.endOffsets(List.of(chunks)).getOrDefault(chunks, 0L);
        }
    }

    /** The offset of the last record of a copy that has ended: behind it there is the mark of its COMMIT, and nothing else. */
    public long lastRecord() {
        return end() - 2;
    }

    /**
     * Copies the tables, and begins again after every failure that passes by itself.
     *
     * @return false if it was stopped before it had ended
     * @throws MigrationException if it cannot go on; what is there of the copy has no end, and is void
     */
    public boolean copy(OrderGroup unit) throws InterruptedException {
        return copier.copyAgain(unit);
    }

    /** Breaks a copy off at its next row, or before it begins; does not wait. */
    public void stop() {
        turnstile.stop();
    }
}
