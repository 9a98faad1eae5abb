package dev.crossfade.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.codec.RowWriter;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeyRangeTest {
    @Test
    void rangesFollowEachOtherWhereOneEndsExactlyAtTheStartOfTheNext() {
        KeyRange first = KeyRange.of(Optional.empty(), Optional.of(key(10)));
        KeyRange middle = KeyRange.of(Optional.of(key(10)), Optional.of(key(20)));
        KeyRange last = KeyRange.of(Optional.of(key(20)), Optional.empty());

        assertThat(first.isFollowedBy(middle)).isTrue();
        assertThat(middle.isFollowedBy(last)).isTrue();
        assertThat(first.isFollowedBy(last)).isFalse();
        assertThat(middle.isFollowedBy(first)).isFalse();
        assertThat(middle.isFollowedBy(middle)).isFalse();
    }

    @Test
    void nothingFollowsAnOpenEndAndNothingComesBeforeAnOpenStart() {
        assertThat(KeyRange.ALL.isFollowedBy(KeyRange.ALL)).isFalse();
        assertThat(KeyRange.of(Optional.of(key(1)), Optional.empty())
                        .isFollowedBy(KeyRange.of(Optional.of(key(1)), Optional.empty())))
                .isFalse();
    }

    @Test
    void equalEndsMakeEqualRanges() {
        KeyRange range = KeyRange.of(Optional.of(key(10)), Optional.empty());

        assertThat(range).isEqualTo(KeyRange.of(Optional.of(key(10)), Optional.empty()));
        assertThat(range).hasSameHashCodeAs(KeyRange.of(Optional.of(key(10)), Optional.empty()));
        assertThat(range).isNotEqualTo(KeyRange.of(Optional.of(key(11)), Optional.empty()));
        assertThat(KeyRange.of(Optional.empty(), Optional.empty())).isEqualTo(KeyRange.ALL);
    }

    private static RowKey key(int id) {
        RowWriter writer = new RowWriter(16);
        writer.startRow(1);
        writer.writeInt32(id);
        return writer.toKey();
    }
}
