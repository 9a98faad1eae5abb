package dev.crossfade.capture.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogOffsetTest {
    private static LogOffset between(long offset, String gtids) {
        return new LogOffset(Map.of("file", "binlog.000001", "pos", offset, "gtids", gtids));
    }

    private static LogOffset within(long begin, String gtids, long event, long row) {
        return new LogOffset(Map.of("file", "binlog.000001", "pos", begin, "gtids", gtids, "event", event, "row", row));
    }

    @Test
    void theFirstHeartbeatMayBeStored() {
        assertThat(between(400, "0-1-4").mayFollow(null)).isTrue();
    }

    @Test
    void aHeartbeatBetweenLaterTransactionsMayBeStored() {
        assertThat(between(900, "0-1-6").mayFollow(within(400, "0-1-4", 3, 7))).isTrue();
    }

    @Test
    void aHeartbeatWhoseGtidsHoldTheUnfinishedTransactionIsNotStored() {
        assertThat(between(400, "0-1-4").mayFollow(within(400, "0-1-4", 101, 39)))
                .isFalse();
    }

    @Test
    void aHeartbeatWithinATransactionIsNotStored() {
        assertThat(within(900, "0-1-6", 3, 0).mayFollow(between(400, "0-1-4"))).isFalse();
    }

    @Test
    void aHeartbeatThatSaysNothingNewIsNotStored() {
        assertThat(between(900, "0-1-4").mayFollow(between(400, "0-1-4"))).isFalse();
    }

    @Test
    void aHeartbeatOfAnEarlierPlaceIsNotStored() {
        assertThat(between(300, "0-1-3").mayFollow(between(400, "0-1-4"))).isFalse();
    }

    @Test
    void withoutGtidsALaterPlaceMayBeStored() {
        assertThat(between(900, "").mayFollow(within(400, "", 3, 7))).isTrue();
        assertThat(between(400, "").mayFollow(within(400, "", 3, 7))).isFalse();
    }

    @Test
    void anOffsetOfTheSchemaSnapshotIsNoPlaceToGoOnFrom() {
        Map<String, Object> entries = new HashMap<>(Map.of("file", "binlog.000001", "pos", 4L));
        assertThat(LogOffset.isPlace(entries)).isTrue();
        entries.put("snapshot", "INITIAL");
        assertThat(LogOffset.isPlace(entries)).isFalse();
    }
}
