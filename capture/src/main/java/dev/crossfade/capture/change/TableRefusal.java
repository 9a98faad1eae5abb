package dev.crossfade.capture.change;

/** A change of a table that capture cannot carry; nothing of it was sent. The message holds no values of rows. */
final class TableRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String id;

    /**
     * A refusal.
     *
     * @param id one of {@link Trouble}'s names
     */
    TableRefusal(String id, String message) {
        super(message);
        this.id = id;
    }

    String id() {
        return id;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
