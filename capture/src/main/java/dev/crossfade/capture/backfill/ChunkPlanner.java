package dev.crossfade.capture.backfill;

import dev.crossfade.capture.source.SchemaReader;
import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.capture.source.SourceSchema;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.ChunkPlanSeal;
import dev.crossfade.model.ChunkTask;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TaskRecord;
import dev.crossfade.model.TopicNames;
import dev.crossfade.model.codec.ChunkCodec;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts the tables of a plan into chunks and writes the tasks, once: tasks and seals are one Kafka transaction, and a topic that is
 * sealed is left as it is. Order groups that are copied under a snapshot are left to {@link GroupCopier}. The largest tables come
 * first, so that the small ones even the readers' ends out. One thread.
 */
public final class ChunkPlanner {
    private static final Logger log = LoggerFactory.getLogger(ChunkPlanner.class);

    private final SourceDatabase source;
    private final MigrationPlan plan;
    private final KafkaClients kafka;
    private final BackfillSettings settings;
    private final Faults faults;
    private final TopicNames topics;

    /**
     * A planner.
     *
     * @param kafka properties of a Kafka client, {@code bootstrap.servers} at least
     */
    public ChunkPlanner(
            SourceDatabase source, MigrationPlan plan, Map<String, ?> kafka, BackfillSettings settings, Faults faults) {
        this.source = source;
        this.plan = plan;
        this.kafka = new KafkaClients(kafka);
        this.settings = settings;
        this.faults = faults;
        this.topics = new TopicNames(plan.migration());
    }

    /**
     * Returns the seal that stands in the tasks topic, after writing tasks and seal if there is none. First fences any other planner
     * of this migration. Reads each table's key index once, in key order.
     *
     * @throws MigrationException of kind SOURCE or TRANSFORM; no task is visible
     */
    public ChunkPlanSeal plan() {
        try (Producer<byte[], byte[]> producer = kafka.producer(topics.plannerTransactionalId())) {
            producer.initTransactions(); // before reading: it ends what a predecessor left open
            Optional<ChunkPlanSeal> sealed = sealed();
            if (sealed.isPresent()) {
                return sealed.get();
            }
            Map<TableId, List<ChunkTask>> chunks = cut();
            ChunkPlanSeal seal = write(producer, chunks);
            log.atInfo()
                    .addKeyValue("tables", chunks.size())
                    .addKeyValue(
                            "chunks",
                            chunks.values().stream().mapToInt(List::size).sum())
                    .log("chunks planned");
            return seal;
        } catch (KafkaException e) {
            throw new MigrationException(
                    ErrorKind.TRANSFORM,
                    "the chunk plan cannot be written to " + topics.tasks() + "; no task is visible",
                    e);
        }
    }

    private Optional<ChunkPlanSeal> sealed() {
        List<ChunkPlanSeal> seals = new ArrayList<>(); // the same one in each partition
        kafka.readToEnd(topics.readerGroup(), KafkaClients.partitions(topics.tasks(), settings.readers()), record -> {
            if (ChunkCodec.decodeTask(record.value()) instanceof ChunkPlanSeal seal) {
                seals.add(seal);
            }
        });
        return seals.stream().findFirst();
    }

    private Map<TableId, List<ChunkTask>> cut() {
        try (Connection connection = source.open()) {
            SourceSchema schema = SchemaReader.read(connection);
            List<SourceTable> tables = plan.tables().stream()
                    .filter(table -> plan.isCopiedInChunks(table.source().id()))
                    .map(table -> PlannedTables.require(schema, table))
                    .sorted(Comparator.comparingLong(SourceTable::dataBytes)
                            .reversed()
                            .thenComparing(SourceTable::id))
                    .toList();
            Map<TableId, List<ChunkTask>> chunks = new LinkedHashMap<>();
            for (SourceTable table : tables) {
                chunks.put(
                        table.id(),
                        new ChunkCutter(
                                        connection,
                                        table,
                                        plan.bySource(table.id()).sourceColumns(),
                                        settings.chunkBytes())
                                .cut());
            }
            return chunks;
        } catch (SQLException e) {
            throw new MigrationException(
                    ErrorKind.SOURCE,
                    "the source's keys cannot be sampled: error " + e.getErrorCode() + ", SQLSTATE " + e.getSQLState()
                            + "; no task was written",
                    e);
        }
    }

    private ChunkPlanSeal write(Producer<byte[], byte[]> producer, Map<TableId, List<ChunkTask>> chunks) {
        producer.beginTransaction();
        Map<TableId, Integer> counts = new HashMap<>();
        int written = 0;
        for (Map.Entry<TableId, List<ChunkTask>> table : chunks.entrySet()) {
            counts.put(table.getKey(), table.getValue().size());
            for (ChunkTask task : table.getValue()) {
                send(producer, written++ % settings.readers(), task);
            }
        }
        ChunkPlanSeal seal = new ChunkPlanSeal(counts);
        for (int partition = 0; partition < settings.readers(); partition++) {
            send(producer, partition, seal);
        }
        producer.flush();
        faults.reached(FaultPoint.BACKFILL_BEFORE_PLAN_COMMIT);
        KafkaClients.commit(producer);
        faults.reached(FaultPoint.BACKFILL_AFTER_PLAN_COMMIT);
        return seal;
    }

    private void send(Producer<byte[], byte[]> producer, int partition, TaskRecord record) {
        // A failed send fails the commit.
        Future<RecordMetadata> unused =
                producer.send(new ProducerRecord<>(topics.tasks(), partition, null, ChunkCodec.encode(record)));
    }
}
