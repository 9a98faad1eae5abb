package dev.crossfade.app.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.logging.LogManager;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * The log of one process: nothing on the console, and a file once it is known where. Holds at most 60 MiB of text in six files. One
 * thread.
 */
public final class RunLog implements AutoCloseable {
    private static final String PATTERN =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{40} %msg %kvp%n%ex";

    /** What is below INFO of ours, and of the others what a person at 3 a.m. needs. */
    private static final Map<String, Level> LEVELS = Map.ofEntries(
            Map.entry("dev.crossfade", Level.INFO),
            Map.entry("kafka", Level.WARN),
            // Says at every start that internal topics which it makes itself are there already.
            Map.entry("kafka.server.DefaultAutoTopicCreationManager", Level.ERROR),
            Map.entry("org.apache.kafka", Level.WARN),
            // Says "Not updating high watermark" at every read of a schema history by Debezium's own consumer.
            Map.entry("org.apache.kafka.clients.consumer.internals", Level.ERROR),
            Map.entry("io.debezium", Level.WARN),
            // At INFO it logs the row events that it skips after a restart, with their values.
            Map.entry("io.debezium.connector.binlog", Level.WARN),
            // At ERROR it logs an event of a table that it does not know, with its values.
            Map.entry("io.debezium.connector.binlog.BinlogStreamingChangeEventSource", Level.OFF),
            // What ends the engine comes to us as an exception.
            Map.entry("io.debezium.embedded.async.AsyncEmbeddedEngine", Level.OFF),
            Map.entry("io.debezium.pipeline.ErrorHandler", Level.OFF),
            // Quotes the server's messages, and with them keys; the exception comes to us.
            Map.entry("org.mariadb.jdbc", Level.OFF),
            Map.entry("org.postgresql", Level.WARN));

    private Optional<Path> file = Optional.empty();

    /** Silences the console. Does nothing where somebody else than logback logs. */
    public RunLog() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.reset();
            context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
            LEVELS.forEach((name, level) -> context.getLogger(name).setLevel(level));
        }
        // Debezium's binlog client logs to java.util.logging, which writes to the console.
        LogManager.getLogManager().reset();
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.WARNING);
        SLF4JBridgeHandler.install();
    }

    /** The file, once there is one. */
    public Optional<Path> file() {
        return file;
    }

    /**
     * From now on logs to {@code name} in {@code directory}, which is made if it does not exist.
     *
     * @throws MigrationException of kind PLAN if the directory cannot be written
     */
    public void openIn(Path directory, String name) {
        Path path = directory.resolve(name);
        try {
            Files.createDirectories(directory);
            if (!Files.isWritable(directory) || (Files.exists(path) && !Files.isWritable(path))) {
                throw new IOException("not writable");
            }
        } catch (IOException failure) {
            throw new MigrationException(
                    ErrorKind.PLAN,
                    "cannot write " + path
                            + ", where the log must go; nothing was read or written. Hint: the directory of the"
                            + " migration file must be writable, or copy the file to one that is",
                    failure);
        }
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            attach(context, path);
        }
        file = Optional.of(path);
    }

    private static void attach(LoggerContext context, Path path) {
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context);
        appender.setFile(path.toString());

        FixedWindowRollingPolicy rolling = new FixedWindowRollingPolicy();
        rolling.setContext(context);
        rolling.setParent(appender);
        // A per cent sign in a directory's name would be read as a pattern.
        rolling.setFileNamePattern(path.toString().replace("%", "\\%") + ".%i");
        rolling.setMinIndex(1);
        rolling.setMaxIndex(5);
        rolling.start();

        SizeBasedTriggeringPolicy<ILoggingEvent> trigger = new SizeBasedTriggeringPolicy<>();
        trigger.setContext(context);
        trigger.setMaxFileSize(FileSize.valueOf("10MB"));
        trigger.start();

        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();

        appender.setEncoder(encoder);
        appender.setRollingPolicy(rolling);
        appender.setTriggeringPolicy(trigger);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
    }

    /** Writes out and closes the file. */
    @Override
    public void close() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).detachAndStopAllAppenders();
        }
    }
}
