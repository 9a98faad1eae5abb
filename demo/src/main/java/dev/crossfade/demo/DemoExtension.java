package dev.crossfade.demo;

import dev.crossfade.app.command.CommandContext;
import dev.crossfade.app.command.CommandExtension;

/** Adds {@code crossfade demo} where this module is on the class path. */
public final class DemoExtension implements CommandExtension {
    @Override
    public Object command(CommandContext context) {
        return new DemoCommand(context);
    }
}
