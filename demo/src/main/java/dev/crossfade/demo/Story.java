package dev.crossfade.demo;

import dev.crossfade.app.screen.Human;
import dev.crossfade.app.screen.Style;
import dev.crossfade.app.screen.Terminal;
import dev.crossfade.demo.shop.Shop;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the demo says, for somebody who sees Crossfade for the first time. One thread. */
final class Story {
    private static final int WIDEST = 100;
    private static final String INDENT = "  ";
    private static final String NOT_BEFORE_A_UNIT = " (?!(?:ms|s|min|h)\\b)";

    private final PrintWriter out;
    private final Terminal terminal;
    private final Style style;
    private int chapters;

    Story(PrintWriter out, Terminal terminal) {
        this.out = out;
        this.terminal = terminal;
        this.style = terminal.style();
    }

    void opening(Optional<Path> log) {
        line(style.bold("Crossfade demo"));
        paragraph(
                "",
                "A web shop moves from MariaDB to PostgreSQL while people go on buying tea. Both databases, and the Kafka between"
                        + " them, run on this machine in temporary directories; nothing else is touched. Ctrl-C ends it.");
        log.ifPresent(file -> line(style.dim("log " + file)));
    }

    void servers(DemoServers servers, Duration took) {
        done(
                "MariaDB 11.4 at 127.0.0.1:" + servers.mariaDb().port() + " and PostgreSQL 18 at 127.0.0.1:"
                        + servers.postgres().port() + ", both empty",
                took);
    }

    void shop(long rows, Duration took) {
        done(
                Human.count(Shop.TABLES.size()) + " tables, " + Human.count(rows)
                        + " rows, and twenty years of habits: zero dates, latin1, BIT, ENUM, SET, JSON, ids beyond 2^63, keys of"
                        + " text and of bytes, equal rows without a key",
                took);
    }

    void writer(DemoSettings settings) {
        done("the shop is open: " + Human.count(settings.writesPerSecond())
                + " transactions a second from now to the end, all over its tables: inserts, updates, deletes, keys that change,"
                + " rows that take others along, unique values that change places (seed " + settings.seed() + ")");
    }

    void plan(Path file) {
        paragraph(
                INDENT,
                "Table user becomes customer, with its columns renamed, in another order, and without the password hashes;"
                        + " subscriber gets its e-mail address as its key; the others move as they are. All of it is said in");
        line(INDENT + file);
        paragraph(
                INDENT,
                "First the source's log is followed, then rows are copied while it is in use, then every change since is applied"
                        + " on top. Each row and each change arrives exactly once, even if a process is killed half-way. What MariaDB"
                        + " deletes or changes because of a foreign key is not in its log; the target does that by itself.");
    }

    void proof() {
        paragraph(
                INDENT,
                "Both sides are read as they were at one place in the source's log, and every row and column is compared, by code that"
                        + " shares nothing with the copy. The shop stays open.");
    }

    void writtenMeanwhile(long meanwhile, long inAll, Duration since) {
        paragraph(
                INDENT,
                "The shop committed " + Human.count(meanwhile, "transaction")
                        + " while its rows were being compared, and " + Human.count(inAll) + " in all the "
                        + Human.duration(since) + " since it opened.");
    }

    void bothSides(Path file, DemoServers servers) {
        paragraph(INDENT, "The target follows the source until Ctrl-C. Look at both sides:");
        line("");
        entry(
                "MariaDB",
                "MYSQL_PWD=" + servers.mariaDb().password() + " "
                        + servers.mariaDb().program("mariadb")
                        + " --no-defaults --skip-ssl --default-character-set=utf8mb4 -h 127.0.0.1 -P "
                        + servers.mariaDb().port() + " -u " + servers.mariaDb().user() + " " + Shop.DATABASE);
        entry(
                "",
                servers.mariaDb().jdbcUrl(Shop.DATABASE) + "?user="
                        + servers.mariaDb().user() + "&password="
                        + servers.mariaDb().password());
        entry(
                "PostgreSQL",
                "psql postgresql://" + servers.postgres().user() + "@127.0.0.1:"
                        + servers.postgres().port() + "/" + Shop.DATABASE);
        entry(
                "",
                servers.postgres().jdbcUrl(Shop.DATABASE) + "?user="
                        + servers.postgres().user());
        entry("Crossfade", "./crossfade status -c " + file);
        entry("", "./crossfade verify -c " + file);
        line("");
        paragraph(
                INDENT,
                "Change a row on the left and find it on the right. Or change one on the right, behind Crossfade's back, and let"
                        + " verify find it.");
        line("");
    }

    void report(Path directory) {
        line(INDENT + style.dim("report " + directory.resolve("parity.json") + ", " + directory.resolve("parity.md")));
    }

    void stopping() {
        line("");
        line("stopping; servers end and files are removed … (again to halt at once)");
    }

    void goodbye(long transactions, Duration open) {
        line("");
        String committed = transactions == 0
                ? ""
                : " The shop had committed " + Human.count(transactions, "transaction") + " in " + Human.duration(open)
                        + ".";
        line(style.yes() + " the end: servers stopped, files removed." + committed);
    }

    /** A heading with its number. */
    void chapter(String title) {
        chapters++;
        line("");
        line(style.bold(chapters + "  " + title));
    }

    void line(String text) {
        out.println(text);
        out.flush();
    }

    private void entry(String name, String text) {
        line(INDENT + INDENT + style.bold(String.format("%-10s", name)) + "  " + text);
    }

    private void done(String text, Duration took) {
        done(text + " (" + Human.duration(took) + ")");
    }

    private void done(String text) {
        List<String> lines = wrap(text);
        for (int i = 0; i < lines.size(); i++) {
            line(INDENT + (i == 0 ? style.yes() + " " : INDENT) + lines.get(i));
        }
    }

    private void paragraph(String indent, String text) {
        wrap(text).forEach(part -> line(indent + part));
    }

    private List<String> wrap(String text) {
        int width = Math.min(WIDEST, terminal.width()) - 2 * INDENT.length() - 1;
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(NOT_BEFORE_A_UNIT, -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
