package dev.crossfade.capture.change;

import dev.crossfade.model.Column;
import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import java.util.Properties;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Has Debezium carry every planned column as an {@link EncodedValue}. Made by Debezium, by its name; called on the thread that reads
 * the log, and once more per column for defaults, which nobody reads.
 */
public final class PlanConverter implements CustomConverter<SchemaBuilder, RelationalColumn> {
    /** The property, below this converter's own name, that holds the session's key. */
    static final String SESSION = "session";

    private @Nullable EngineSession session; // null until configured

    @Override
    public void configure(Properties properties) {
        session = EngineSession.of(properties.getProperty(SESSION));
    }

    @Override
    public void converterFor(RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
        EngineSession current = session;
        if (current == null) {
            return;
        }
        Column planned = current.planned(column.dataCollection(), column.name());
        if (planned != null) {
            LoggedColumn logged =
                    LoggedColumn.of(column.typeName(), column.length(), column.scale(), column.charsetName());
            ValueEncoders.of(planned.type(), logged, current.product())
                    .ifPresent(encoder -> register(column, registration, encoder::encode));
        } else if (current.isLeftOut(column.dataCollection(), column.name())) {
            register(column, registration, value -> null); // not even a value that Debezium cannot read stops anything
        }
    }

    private static void register(
            RelationalColumn column, ConverterRegistration<SchemaBuilder> registration, Converter converter) {
        SchemaBuilder schema = SchemaBuilder.bytes();
        if (!column.isOptional()) {
            schema.optional(); // a zero date is NULL to us; Debezium itself marks the columns that may be NULL
        }
        registration.register(schema, converter);
    }
}
