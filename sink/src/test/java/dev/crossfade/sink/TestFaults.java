package dev.crossfade.sink;

import java.sql.SQLException;

/** Throws what the driver throws, through methods that do not declare it. */
final class TestFaults {
    private TestFaults() {}

    /** As if the connection had broken while the answer to the last statement was under way. */
    static RuntimeException connectionBroke() {
        return TestFaults.<RuntimeException>unchecked(new SQLException("the answer was lost", "08006"));
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> RuntimeException unchecked(Throwable failure) throws E {
        throw (E) failure;
    }
}
