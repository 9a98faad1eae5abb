package dev.crossfade.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BacklogTest {
    private final Backlog backlog = new Backlog();

    @Test
    void isEmptyAtFirstAndForPartitionsWithoutChunks() {
        backlog.applied(3, 100);

        assertThat(backlog.bytes()).isZero();
    }

    @Test
    void aChunkIsAppliedOnceThePositionIsBehindItsLastRecord() {
        backlog.add(0, 9, 100);
        backlog.add(0, 19, 30);
        backlog.add(1, 4, 7);

        backlog.applied(0, 9);
        assertThat(backlog.bytes()).isEqualTo(137);
        backlog.applied(0, 10);
        assertThat(backlog.bytes()).isEqualTo(37);
        backlog.applied(0, 20);
        assertThat(backlog.bytes()).isEqualTo(7);
        backlog.applied(1, 1_000);
        assertThat(backlog.bytes()).isZero();
    }

    @Test
    void aChunkThatWasAppliedBeforeItWasAddedGoesWithTheNextLook() {
        backlog.applied(0, 10);
        backlog.add(0, 9, 100);

        backlog.applied(0, 10);

        assertThat(backlog.bytes()).isZero();
    }

    @Test
    void whatWasCountedMovesWhole() {
        Backlog counted = new Backlog();
        counted.add(0, 9, 100);
        counted.add(1, 5, 1);
        backlog.add(2, 1, 10);

        counted.moveTo(backlog);

        assertThat(counted.bytes()).isZero();
        assertThat(backlog.bytes()).isEqualTo(111);
        backlog.applied(0, 10);
        assertThat(backlog.bytes()).isEqualTo(11);
    }
}
