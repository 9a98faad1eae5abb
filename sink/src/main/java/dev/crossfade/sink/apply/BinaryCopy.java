package dev.crossfade.sink.apply;

import dev.crossfade.model.Column;
import dev.crossfade.model.Table;
import dev.crossfade.sink.target.Names;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * One binary COPY into a table. Rows go to the server as they are added; nothing is held here.
 *
 * @see <a href="https://www.postgresql.org/docs/18/sql-copy.html#SQL-COPY-BINARY-FORMAT">COPY, binary format</a>
 */
final class BinaryCopy {
    private static final byte[] HEADER = header();
    private static final byte[] TRAILER = {-1, -1}; // a tuple of -1 fields

    private final CopyIn copy;

    private BinaryCopy(CopyIn copy) {
        this.copy = copy;
    }

    private static byte[] header() {
        byte[] signature = "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
        byte[] header = new byte[signature.length + 2 * Integer.BYTES]; // flags, length of the extension: both 0
        System.arraycopy(signature, 0, header, 0, signature.length);
        return header;
    }

    static BinaryCopy begin(Connection connection, Table table) throws SQLException {
        String sql = "copy " + Names.quote(table.id()) + " ("
                + Names.list(table.columns().stream().map(Column::name).toList()) + ") from stdin (format binary)";
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
        copy.writeToCopy(HEADER, 0, HEADER.length);
        return new BinaryCopy(copy);
    }

    /** Sends encoded rows, one after the other. An error that the server found in earlier rows may come out here. */
    void add(byte[] bytes, int offset, int length) throws SQLException {
        copy.writeToCopy(bytes, offset, length);
    }

    /** Ends the COPY; the rows that it wrote. */
    long end() throws SQLException {
        copy.writeToCopy(TRAILER, 0, TRAILER.length);
        return copy.endCopy();
    }

    /** Makes the server forget the rows, if the COPY is still on; the transaction is then to be rolled back. */
    void cancel() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }
}
