package dev.crossfade.pipeline;

import java.util.List;

/**
 * What to verify.
 *
 * @param tables target or source tables as {@code schema.name}; empty for all
 * @param maxFindingsPerTable findings that are listed per table; all are counted
 */
public record VerifyOptions(List<String> tables, int maxFindingsPerTable) {
    public static final VerifyOptions ALL = new VerifyOptions(List.of(), 100);

    public VerifyOptions {
        tables = List.copyOf(tables);
    }
}
