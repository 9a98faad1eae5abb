package dev.crossfade.model;

/** Which part of the world must be mended. Each kind is an exit code of the command line. */
public enum ErrorKind {
    /** The command, the file or the plan; exit code 2. */
    PLAN(2),
    /** The source database or its log; exit code 3. */
    SOURCE(3),
    /** The target database; exit code 4. */
    TARGET(4),
    /** The way between: Kafka, the mapping, a value; exit code 5. */
    TRANSFORM(5);

    private final int exitCode;

    ErrorKind(int exitCode) {
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}
