package dev.crossfade.verify;

/** Takes the rows of one reading, one after the other, on the thread that reads. */
interface RowVisitor {
    /**
     * Takes one row.
     *
     * @param row valid until the call returns
     */
    void row(CanonicalRow row);

    /** The row's value in {@code column} was a zero date, which the row holds as NULL. Called before {@link #row}. */
    default void zeroDate(int column) {}
}
