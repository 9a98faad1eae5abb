package dev.crossfade.capture.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.capture.change.ChangesExtent.InPartition;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class ChangesExtentTest {
    private static final ChangesExtent EXTENT =
            new ChangesExtent(List.of(new InPartition(258, 3), new InPartition(0, 0)));
    private static final String BYTES =
            "01" + "00000002" + "0000000000000102" + "00000003" + "000000000000000000000000";

    @Test
    void theBytesInKafkaStayAsTheyAre() {
        assertThat(HexFormat.of().formatHex(EXTENT.encode())).isEqualTo(BYTES);
        assertThat(ChangesExtent.decode(HexFormat.of().parseHex(BYTES))).isEqualTo(EXTENT);
    }

    @Test
    void otherBytesAreRefused() {
        assertThatThrownBy(() -> ChangesExtent.decode(HexFormat.of().parseHex("02" + BYTES.substring(2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version 2, known is 1");
        assertThatThrownBy(() -> ChangesExtent.decode(HexFormat.of().parseHex(BYTES.substring(2))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ChangesExtent.decode(new byte[3])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void countsTheRecordsOfTheChangesAloneAndPassesAllOn() {
        List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();
        MeasuringSender sender = new MeasuringSender(sent::add, "changes", List.of(7L, 9L));

        sender.send(new ProducerRecord<>("changes", 1, null, new byte[1]));
        sender.send(new ProducerRecord<>("changes", 1, null, new byte[1]));
        sender.send(new ProducerRecord<>("positions", 0, null, new byte[1]));

        assertThat(sent).hasSize(3);
        assertThat(sender.extent()).isEqualTo(new ChangesExtent(List.of(new InPartition(7, 0), new InPartition(9, 2))));
    }
}
