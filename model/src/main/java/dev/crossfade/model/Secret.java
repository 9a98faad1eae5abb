package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

/** A value that must never be shown. {@code toString} gives {@code ***}. */
public final class Secret {
    private final String value;

    public Secret(String value) {
        this.value = requireNonNull(value, "value");
    }

    /** The value itself: pass it on to the one library that needs it, never to a message. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && value.equals(secret.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}
