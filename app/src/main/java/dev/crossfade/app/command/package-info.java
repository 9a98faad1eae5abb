/** The command line: one class per command, one place where failures become text and exit codes. */
@NullMarked
package dev.crossfade.app.command;

import org.jspecify.annotations.NullMarked;
