package dev.crossfade.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BucketSumsTest {
    private final BucketSums source = new BucketSums();
    private final BucketSums target = new BucketSums();

    @Test
    void orderDoesNotCount() {
        source.add(3, 1, -1);
        source.add(3, 2, -5);
        target.add(3, 2, -5);
        target.add(3, 1, -1);

        assertThat(source.differing(target)).isEmpty();
        assertThat(source.checksum()).isEqualTo(target.checksum());
    }

    @Test
    void twoEqualRowsDoNotCancelOut() {
        source.add(3, 7, 7);
        source.add(3, 7, 7);
        target.add(3, 9, 9);
        target.add(3, 9, 9);

        assertThat(source.differing(target)).containsExactly(3);
    }

    @Test
    void rowsOfAnotherCountDifferThoughTheirSumsAreEqual() {
        source.add(5, 0, 0);
        source.add(5, 1, 1);
        target.add(5, 1, 1);

        assertThat(source.differing(target)).containsExactly(5);
    }

    @Test
    void sumsCarryIntoTheHighHalf() {
        source.add(0, 0, -1);
        source.add(0, 0, 1);
        target.add(0, 1, 0);
        target.add(0, 0, 0);

        assertThat(source.checksum())
                .isEqualTo("00000000000000010000000000000000")
                .isEqualTo(target.checksum());
        assertThat(source.differing(target)).isEmpty();
    }

    @Test
    void everyBucketIsUsedByConsecutiveKeys() {
        boolean[] used = new boolean[BucketSums.BUCKETS];
        for (int key = 0; key < 2_000_000; key++) {
            CanonicalRow row = new CanonicalRow(1);
            row.add(NumberForm::append, Integer.toString(key).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            used[FirstReading.bucket(row, new int[] {0})] = true;
        }
        assertThat(used).doesNotContain(false);
    }
}
