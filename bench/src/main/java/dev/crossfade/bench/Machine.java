package dev.crossfade.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.AppInfoParser;

/** What a measurement was made on. */
final class Machine {
    private Machine() {}

    /** Processor, cores and operating system. */
    static String hardware() {
        return Runtime.getRuntime().availableProcessors() + " cores, " + processor() + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.arch");
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unnamed processor");
        } catch (IOException e) {
            return "unnamed processor"; // not Linux
        }
    }

    /** The Java that runs this, and the longest its heap may get. */
    static String java() {
        return System.getProperty("java.vm.name") + " " + Runtime.version() + ", heap up to "
                + (Runtime.getRuntime().maxMemory() >> 20) + " MiB";
    }

    static String kafka() {
        return AppInfoParser.getVersion();
    }

    /** As the server itself says it. */
    static String version(Connection server) throws SQLException {
        try (Statement statement = server.createStatement();
                ResultSet row = statement.executeQuery("select version()")) {
            row.next();
            return row.getString(1);
        }
    }

    /** Runnable threads of the whole machine, averaged over the last minute; also those of others. */
    static String load() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return load < 0 ? "unknown" : String.format(Locale.ROOT, "%.1f", load);
    }
}
