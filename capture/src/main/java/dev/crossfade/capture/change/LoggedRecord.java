package dev.crossfade.capture.change;

import dev.crossfade.model.ChangePosition;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** A record of Debezium's, read for what capture asks of it. */
final class LoggedRecord {
    /** The first half of a key change, DELETE, carries it. */
    private static final String HEADER_NEW_KEY = "__debezium.newkey";
    /** The second half, CREATE, carries it. */
    private static final String HEADER_OLD_KEY = "__debezium.oldkey";

    private static final String HEARTBEAT_TOPIC = "__debezium-heartbeat";

    private final SourceRecord record;
    private final @Nullable LogOffset offset; // null for a record that names no place in the log
    private @Nullable ChangePosition position; // null until asked for

    LoggedRecord(SourceRecord record) {
        this.record = record;
        this.offset = LogOffset.isPlace(record.sourceOffset()) ? new LogOffset(record.sourceOffset()) : null;
    }

    Map<String, ?> partition() {
        return record.sourcePartition();
    }

    Optional<LogOffset> offset() {
        return Optional.ofNullable(offset);
    }

    boolean isHeartbeat() {
        return record.topic().startsWith(HEARTBEAT_TOPIC);
    }

    /** Whether the record is a change of a row, or what is instead of one: TRUNCATE. */
    boolean isChange() {
        return offset != null
                && record.value() instanceof Struct value
                && value.schema().field("op") != null;
    }

    boolean isFirstHalfOfKeyChange() {
        return record.headers().lastWithName(HEADER_NEW_KEY) != null;
    }

    boolean isSecondHalfOfKeyChange() {
        return record.headers().lastWithName(HEADER_OLD_KEY) != null;
    }

    /** The envelope of a change. */
    Struct value() {
        return (Struct) record.value();
    }

    Struct source() {
        return value().getStruct("source");
    }

    String operation() {
        return value().getString("op");
    }

    /** The place of a change in the log. */
    ChangePosition position() {
        ChangePosition known = position;
        if (known == null) {
            LogOffset place = offset().orElseThrow();
            known = new ChangePosition(place.position(), gtid(), place.event(), place.row());
            position = known;
        }
        return known;
    }

    private String gtid() {
        Struct source = source();
        Field field = source.schema().field("gtid");
        String gtid = field == null ? null : source.getString("gtid");
        return gtid == null ? "" : gtid;
    }
}
