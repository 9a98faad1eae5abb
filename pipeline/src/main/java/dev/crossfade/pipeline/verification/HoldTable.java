package dev.crossfade.pipeline.verification;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.crossfade.model.BinlogPosition;
import dev.crossfade.sink.control.VerificationBoard;
import dev.crossfade.sink.control.VerificationBoard.Request;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Holds of change capture as requests on the verification board: what one process asks and the other one answers. */
final class HoldTable {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** In the order in which they are answered. Asked for all at once: the other process moves a hold between any two looks. */
    private static final List<String> OPEN = Stream.of(
                    HoldState.RELEASE, HoldState.PUBLISH, HoldState.HELD, HoldState.PASSED, HoldState.HOLD)
            .map(HoldState::stored)
            .toList();

    private static final List<String> BEGUN = OPEN.subList(0, OPEN.size() - 1);

    private final VerificationBoard board;

    HoldTable(VerificationBoard board) {
        this.board = board;
    }

    /**
     * One hold.
     *
     * @param id names it, and its fence
     * @param state where it stands
     * @param end the position that PUBLISH asks for
     * @param atMost how long it may last
     * @param message why it FAILED; else empty
     */
    record Hold(String id, HoldState state, Optional<BinlogPosition> end, Duration atMost, String message) {
        Hold moved(HoldState to, String why) {
            return new Hold(id, to, end, atMost, why);
        }

        Hold through(BinlogPosition position) {
            return new Hold(id, HoldState.PUBLISH, Optional.of(position), atMost, message);
        }
    }

    void ask(Hold hold) {
        board.request(hold.id(), hold.state().stored(), detail(hold));
    }

    Optional<Hold> read(String id) {
        return board.find(id).map(HoldTable::hold);
    }

    /** A hold that is not over; one that has begun comes before one that only waits. */
    Optional<Hold> readOpen() {
        return board.next(OPEN).map(HoldTable::hold);
    }

    /** A hold that was answered and is not over. */
    Optional<Hold> readBegun() {
        return board.next(BEGUN).map(HoldTable::hold);
    }

    /** Moves a hold on; false if it stands elsewhere by now, so that the two processes never overwrite each other. */
    boolean move(Hold hold, Hold next) {
        return board.advance(hold.id(), hold.state().stored(), next.state().stored(), detail(next));
    }

    private static String detail(Hold hold) {
        ObjectNode detail = JSON.createObjectNode();
        detail.put("atMostMillis", hold.atMost().toMillis());
        detail.put("message", hold.message());
        hold.end().ifPresent(end -> detail.putObject("end")
                .put("file", end.file())
                .put("offset", end.offset())
                .put("gtids", end.gtids()));
        return detail.toString();
    }

    private static Hold hold(Request request) {
        try {
            JsonNode detail = JSON.readTree(request.detail());
            JsonNode end = detail.path("end");
            return new Hold(
                    request.id(),
                    HoldState.of(request.state()),
                    end.isObject()
                            ? Optional.of(new BinlogPosition(
                                    end.path("file").asText(),
                                    end.path("offset").asLong(),
                                    end.path("gtids").asText()))
                            : Optional.empty(),
                    Duration.ofMillis(detail.path("atMostMillis").asLong()),
                    detail.path("message").asText());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("hold " + request.id() + " on the verification board is not JSON", e);
        }
    }
}
