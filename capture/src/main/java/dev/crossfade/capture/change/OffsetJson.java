package dev.crossfade.capture.change;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.json.JsonConverter;

/** Debezium's partitions and offsets as the bytes that its engine asks for and takes: JSON without schemas. One thread at a time. */
final class OffsetJson {
    private final String engine;
    private final JsonConverter keys = converter(true);
    private final JsonConverter values = converter(false);

    OffsetJson(String engine) {
        this.engine = engine;
    }

    private static JsonConverter converter(boolean isKey) {
        JsonConverter converter = new JsonConverter();
        converter.configure(Map.of("schemas.enable", "false"), isKey);
        return converter;
    }

    byte[] key(Map<String, ?> partition) {
        return keys.fromConnectData(engine, null, List.of(engine, partition));
    }

    byte[] value(LogOffset offset) {
        return values.fromConnectData(engine, null, offset.entries());
    }

    /**
     * Reads the bytes of {@link #value}.
     *
     * @throws IllegalArgumentException if they are anything else
     */
    LogOffset offset(byte[] value) {
        if (values.toConnectData(engine, value).value() instanceof Map<?, ?> map) {
            Map<String, Object> entries = new LinkedHashMap<>();
            map.forEach((name, entry) -> {
                if (entry != null) {
                    entries.put(String.valueOf(name), entry);
                }
            });
            return new LogOffset(entries);
        }
        throw new IllegalArgumentException("a stored position is not a JSON object");
    }
}
