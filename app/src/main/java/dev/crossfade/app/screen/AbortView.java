package dev.crossfade.app.screen;

import dev.crossfade.pipeline.AbortPlan;
import dev.crossfade.pipeline.Removal;
import dev.crossfade.pipeline.Removal.Manner;
import dev.crossfade.pipeline.Removal.Place;
import java.util.ArrayList;
import java.util.List;

/** What an abort takes away, as text. Pure. */
public final class AbortView {
    private final Style style;

    public AbortView(Style style) {
        this.style = style;
    }

    /** The question: all that goes, in order, and what stays. */
    public List<String> lines(AbortPlan plan) {
        List<String> lines = new ArrayList<>();
        if (plan.isEmpty()) {
            lines.add("nothing of " + plan.migration() + " is left; nothing was removed");
            stays(lines, plan);
            return lines;
        }
        lines.add(style.bold("to be removed for good"));
        plan.removals()
                .forEach(removal ->
                        lines.add(line(style.bad("-"), removal, removal.manner() == Manner.EMPTY ? "empty " : "")));
        stays(lines, plan);
        plan.runBy().ifPresent(owner -> lines.add("it is run by " + owner + ", which is stopped first"));
        return lines;
    }

    /** One thing that is gone, or empty. */
    public String done(Removal removal) {
        return line(style.yes(), removal, removal.manner() == Manner.EMPTY ? "emptied " : "removed ");
    }

    private String line(String sign, Removal removal, String verb) {
        String reason = removal.reason().isEmpty() ? "" : style.separator() + removal.reason();
        return "  " + sign + " " + String.format("%-6s  ", place(removal.place())) + verb + removal.object()
                + style.dim(reason);
    }

    private void stays(List<String> lines, AbortPlan plan) {
        if (!plan.stays().isEmpty()) {
            lines.add(style.bold("stays"));
            plan.stays().forEach(what -> lines.add("    " + what));
        }
    }

    private static String place(Place place) {
        return switch (place) {
            case KAFKA -> "Kafka";
            case SOURCE -> "source";
            case TARGET -> "target";
            case STATE -> "state";
        };
    }
}
