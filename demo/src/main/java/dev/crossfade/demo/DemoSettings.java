package dev.crossfade.demo;

import static java.util.Objects.requireNonNull;

import dev.crossfade.demo.shop.ShopSize;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the user asked for.
 *
 * @param size of the shop
 * @param writesPerSecond transactions a second
 * @param seed of the writer
 * @param exitWhenVerified whether to end with the verification instead of shadowing on
 * @param report where the parity report goes, if anywhere
 */
record DemoSettings(ShopSize size, int writesPerSecond, long seed, boolean exitWhenVerified, Optional<Path> report) {
    DemoSettings {
        requireNonNull(size, "size");
        requireNonNull(report, "report");
    }
}
