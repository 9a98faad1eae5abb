package dev.crossfade.transform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.broker.EmbeddedBroker;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LostRowsIT {
    @TempDir
    Path brokerDirectory = Path.of("");

    @TempDir
    Path stateDirectory = Path.of("");

    @Test
    void rowsThatTheLogLosesBeneathALivingTransformStopItBeforeItCommitsOthersInTheirPlace() throws Exception {
        EmbeddedBroker first = EmbeddedBroker.start(brokerDirectory);
        String address = first.bootstrapServers();
        try (Rig rig = new Rig(first, "lost", stateDirectory);
                TransformStreams transform = rig.started(Faults.NONE)) {
            rig.write(TransformStreamsIT.people(0, 100));
            rig.write(Rig.fences("one"));
            rig.readThrough("one");
            long flushed = Files.size(segment());
            rig.write(TransformStreamsIT.people(100, 200));
            rig.write(Rig.fences("two"));
            rig.readThrough("two");
            first.close();
            lose(flushed);

            try (EmbeddedBroker second = EmbeddedBroker.start(
                    brokerDirectory, Integer.parseInt(address.substring(address.indexOf(':') + 1)))) {
                assertThat(second.bootstrapServers()).isEqualTo(address);
                rig.write(TransformStreamsIT.people(200, 300));

                MigrationException failure = rig.failed.get(60, TimeUnit.SECONDS);
                assertThat(failure.kind()).isEqualTo(ErrorKind.TRANSFORM);
                assertThat(failure)
                        .hasMessageContaining("log crossfade.lost.rows-0 has lost its end: it took a record at offset")
                        .hasMessageContaining("nothing of its last transaction is visible");
                assertThat(transform.failure()).contains(failure);
            }
        } finally {
            first.close();
        }
    }

    private Path segment() {
        return brokerDirectory.resolve("kafka").resolve("crossfade.lost.rows-0").resolve("00000000000000000000.log");
    }

    /** What the death of a machine does to what was not flushed. */
    private void lose(long flushed) throws IOException {
        try (FileChannel file = FileChannel.open(segment(), StandardOpenOption.WRITE)) {
            file.truncate(flushed);
        }
        Files.deleteIfExists(brokerDirectory.resolve("kafka").resolve(".kafka_cleanshutdown"));
        Files.deleteIfExists(brokerDirectory.resolve("kafka").resolve("recovery-point-offset-checkpoint"));
    }
}
