package dev.crossfade.app;

import dev.crossfade.model.Faults;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.Charset;

/** The program. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        PrintWriter out = writer(FileDescriptor.out);
        PrintWriter err = writer(FileDescriptor.err);
        Reader in = new InputStreamReader(System.in, outputCharset());
        int exitCode = Crossfade.execute(arguments, in, out, err, Faults.NONE);
        out.flush();
        err.flush();
        System.exit(exitCode);
    }

    /** Not {@code System.out}: that encodes as the JVM's files do, and this must encode as the terminal does. */
    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(descriptor), outputCharset()));
    }

    /** The charset of the user's locale. */
    static Charset outputCharset() {
        String name = System.getProperty("native.encoding", "");
        return Charset.isSupported(name) ? Charset.forName(name) : Charset.defaultCharset();
    }
}
