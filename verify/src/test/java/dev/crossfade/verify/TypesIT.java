package dev.crossfade.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.TablePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** SQL literal in on the source, the literal that it must become on the target, for every type; and the least change is seen. */
class TypesIT {
    private static final LogicalType INT64 = LogicalType.of(Kind.INT64);
    private static final LogicalType FLOAT32 = LogicalType.of(Kind.FLOAT32);
    private static final LogicalType FLOAT64 = LogicalType.of(Kind.FLOAT64);
    private static final LogicalType JSON = LogicalType.of(Kind.JSON);
    private static final LogicalType DATE = LogicalType.of(Kind.DATE);

    /** Type on the source, its logical type, type on the target, then pairs of literals. */
    private static final List<Case> CASES = List.of(
            new Case("TINYINT(1)", LogicalType.of(Kind.INT8), "smallint", "-1", "-1", "127", "127", "NULL", "NULL"),
            new Case("INT UNSIGNED ZEROFILL", INT64, "bigint", "42", "42", "4294967295", "4294967295"),
            new Case("BIGINT", INT64, "bigint", "-9223372036854775808", "'-9223372036854775808'"),
            new Case(
                    "BIGINT UNSIGNED",
                    LogicalType.of(Kind.UINT64),
                    "numeric(20,0)",
                    "18446744073709551615",
                    "18446744073709551615"),
            new Case("DECIMAL(10,2) ZEROFILL", LogicalType.decimal(10, 2), "numeric(10,2)", ".71", ".71", "100", "100"),
            new Case(
                    "DECIMAL(65,30)",
                    LogicalType.decimal(65, 30),
                    "numeric(65,30)",
                    "-12345678901234567890123456789012345.123456789012345678901234567890",
                    "-12345678901234567890123456789012345.123456789012345678901234567890"),
            new Case(
                    "FLOAT",
                    FLOAT32,
                    "real",
                    "0.1",
                    "'0.1'",
                    "3.402823466E38",
                    "'3.4028235e+38'",
                    "1e-45",
                    "'1e-45'",
                    "16777217",
                    "16777216"),
            new Case("FLOAT(7,3)", FLOAT32, "real", "123.4567", "'123.457'"),
            new Case(
                    "DOUBLE",
                    FLOAT64,
                    "double precision",
                    "0.1e0+0.2e0",
                    "'0.30000000000000004'",
                    "1.7976931348623157E308",
                    "'1.7976931348623157e308'",
                    "5e-324",
                    "'5e-324'",
                    "0e0 * -1",
                    "'-0'"),
            new Case("DOUBLE(10,2)", FLOAT64, "double precision", "123.456", "123.46"),
            new Case(
                    "VARCHAR(20) CHARACTER SET latin1",
                    LogicalType.text(20),
                    "varchar(20)",
                    "_latin1 x'80'",
                    "'€'",
                    "''",
                    "''",
                    "'ab '",
                    "'ab '",
                    "'NULL'",
                    "'NULL'"),
            new Case(
                    "CHAR(5) CHARACTER SET utf16",
                    LogicalType.text(5),
                    "varchar(5)",
                    "_utf8mb4'𠜎é'",
                    "'𠜎é'",
                    "'ab  '",
                    "'ab'"),
            new Case(
                    "LONGTEXT",
                    LogicalType.text(0),
                    "text",
                    "REPEAT('🇺🇸', 70000)",
                    "repeat('🇺🇸', 70000)",
                    "'\\\\\\n\\t\\''",
                    "E'\\\\\\n\\t'''"),
            new Case(
                    "BINARY(4)",
                    LogicalType.bytes(4),
                    "bytea",
                    "'ABC'",
                    "'\\x41424300'",
                    "x'00000000'",
                    "'\\x00000000'"),
            new Case(
                    "LONGBLOB",
                    LogicalType.bytes(0),
                    "bytea",
                    "REPEAT(x'00ff27', 100000)",
                    "decode(repeat('00ff27', 100000), 'hex')",
                    "''",
                    "''"),
            new Case("CHAR(3) CHARACTER SET binary", LogicalType.bytes(3), "bytea", "'a'", "'\\x610000'"),
            new Case(
                    "DATE",
                    DATE,
                    "date",
                    "'9999-12-31'",
                    "'9999-12-31'",
                    "'0000-00-00'",
                    "NULL",
                    "'2024-00-10'",
                    "NULL",
                    "'0000-05-05'",
                    "NULL",
                    "'1582-10-10'",
                    "'1582-10-10'"),
            new Case(
                    "DATETIME(3)",
                    LogicalType.temporal(Kind.TIMESTAMP, 3),
                    "timestamp(3)",
                    "'2022-03-27 02:15:00.120'",
                    "'2022-03-27 02:15:00.12'",
                    "'0018-01-19 17:17:17'",
                    "'0018-01-19 17:17:17'",
                    "'0000-00-00 14:02:10'",
                    "NULL"),
            new Case(
                    "TIMESTAMP(6) NULL",
                    LogicalType.temporal(Kind.INSTANT, 6),
                    "timestamptz(6)",
                    "'2038-01-19 03:14:07.999999'",
                    "'2038-01-19 03:14:07.999999+00'",
                    "'0000-00-00 00:00:00'",
                    "NULL"),
            new Case(
                    "TIME(6)",
                    LogicalType.temporal(Kind.DURATION, 6),
                    "interval",
                    "'-838:59:59.5'",
                    "'-838:59:59.5'",
                    "'25:12:22'",
                    "'25:12:22'",
                    "'-00:00:00.000001'",
                    "'-00:00:00.000001'",
                    "0",
                    "'0'"),
            new Case("YEAR", LogicalType.of(Kind.YEAR), "smallint", "0", "0", "2155", "2155"),
            new Case("BIT(1)", LogicalType.of(Kind.BOOL), "boolean", "b'1'", "true", "0", "false"),
            new Case(
                    "BIT(11)",
                    LogicalType.bit(11),
                    "bit(11)",
                    "b'11100000100'",
                    "B'11100000100'",
                    "1",
                    "B'00000000001'"),
            new Case("BIT(64)", LogicalType.bit(64), "bit(64)", "18446744073709551615", "~(0::bit(64))"),
            new Case("ENUM('a','zwölf')", LogicalType.of(Kind.ENUM), "text", "'zwölf'", "'zwölf'", "'no such'", "''"),
            new Case("SET('x','y')", LogicalType.of(Kind.SET), "text", "'y,x'", "'x,y'", "''", "''"),
            new Case(
                    "JSON",
                    JSON,
                    "jsonb",
                    "'{\"b\":1.0, \"a\":2, \"a\":3}'",
                    "'{\"a\":3,\"b\":1.0}'",
                    "'[1, 932409834098324908234092834092834]'",
                    "'[1, 932409834098324908234092834092834]'",
                    "'null'",
                    "'null'",
                    "'\"\\\\ud83c\\\\uddfa\"'",
                    "'\"🇺\"'"));

    private static Sides sides;

    @BeforeAll
    static void start() {
        sides = Sides.start();
    }

    @AfterAll
    static void stop() {
        sides.close();
    }

    @Test
    void everyTypeHasOneFormOnBothSides() {
        List<TablePlan> plans = new ArrayList<>();
        List<String> onSource =
                new ArrayList<>(List.of("SET sql_mode = ''", "SET time_zone = '+00:00'", "SET NAMES utf8mb4"));
        List<String> onTarget = new ArrayList<>();
        for (Case type : CASES) {
            String name = "t" + plans.size();
            plans.add(Sides.table(name, List.of("id"), Sides.columns("id", INT64, "v", type.type())));
            onSource.add("CREATE TABLE " + name + " (id INT PRIMARY KEY, v " + type.onSource() + ")");
            onTarget.add("CREATE TABLE " + name + " (id bigint PRIMARY KEY, v " + type.onTarget() + ")");
            for (int i = 0; i < type.literals().length; i += 2) {
                onSource.add("INSERT INTO " + name + " VALUES (" + i + ", " + type.literals()[i] + ")");
                onTarget.add("INSERT INTO " + name + " VALUES (" + i + ", " + type.literals()[i + 1] + ")");
            }
        }
        sides.onSource(onSource.toArray(String[]::new));
        sides.onTarget(onTarget.toArray(String[]::new));

        ParityReport report = Sides.verify(new VerificationRequest(
                Sides.plan(plans.toArray(TablePlan[]::new)),
                sides.sourceAccess(),
                sides.targetAccess(),
                Set.of(),
                ValueDisclosure.VALUES,
                VerificationLimits.DEFAULT,
                VerificationListener.NONE));

        assertThat(report.tables()).allSatisfy(table -> assertThat(table.verdict())
                .as(() -> CASES.get(Integer.parseInt(table.source().name().substring(1))) + " "
                        + ParityFiles.json(report))
                .isEqualTo(Verdict.EQUAL));
        List<DeclaredDifference> declared = report.tables().stream()
                .flatMap(table -> table.declaredDifferences().stream())
                .toList();
        assertThat(declared)
                .containsExactly(
                        new DeclaredDifference(DeclaredDifference.ZERO_DATE, "v", 3),
                        new DeclaredDifference(DeclaredDifference.ZERO_DATE, "v", 1),
                        new DeclaredDifference(DeclaredDifference.ZERO_DATE, "v", 1));
    }

    @Test
    void leastChangesAreSeen() {
        sides.onSource(
                "CREATE TABLE least (id INT PRIMARY KEY, f FLOAT, d DOUBLE, t DATETIME(6), dec_ DECIMAL(30,20), j JSON)",
                "INSERT INTO least SELECT seq, 0.1, 0.3, '2024-01-01 00:00:00.000001', 1, '{\"n\":9007199254740993}'"
                        + " FROM seq_1_to_6");
        sides.onTarget(
                "CREATE TABLE least (id bigint PRIMARY KEY, f real, d double precision, t timestamp(6), dec_ numeric(30,20), j jsonb)",
                "INSERT INTO least SELECT n, 0.1, 0.3, '2024-01-01 00:00:00.000001', 1, '{\"n\":9007199254740993}'"
                        + " FROM generate_series(1, 6) n",
                "UPDATE least SET f = '0.10000001' WHERE id = 2",
                "UPDATE least SET d = '0.30000000000000004' WHERE id = 3",
                "UPDATE least SET t = t + interval '1 microsecond' WHERE id = 4",
                "UPDATE least SET dec_ = dec_ + 0.00000000000000000001 WHERE id = 5",
                "UPDATE least SET j = '{\"n\":9007199254740992}' WHERE id = 6");
        TablePlan plan = Sides.table(
                "least",
                List.of("id"),
                Sides.columns(
                        "id",
                        INT64,
                        "f",
                        FLOAT32,
                        "d",
                        FLOAT64,
                        "t",
                        LogicalType.temporal(Kind.TIMESTAMP, 6),
                        "dec_",
                        LogicalType.decimal(30, 20),
                        "j",
                        JSON));

        TableParity table = sides.verify(plan).tables().get(0);

        assertThat(table.findings())
                .containsExactly(
                        new DifferentRow("(2)", List.of("f"), List.of()),
                        new DifferentRow("(3)", List.of("d"), List.of()),
                        new DifferentRow("(4)", List.of("t"), List.of()),
                        new DifferentRow("(5)", List.of("dec_"), List.of()),
                        new DifferentRow("(6)", List.of("j"), List.of()));
    }

    @Test
    void sourceValuesLargerThanAPacketOfTheServerAreNotNull() {
        sides.onSource(
                "CREATE TABLE large (id INT PRIMARY KEY, v LONGBLOB)",
                "INSERT INTO large VALUES (1, REPEAT('x', 12000000))",
                "SET GLOBAL max_allowed_packet = 16777216");
        sides.onTarget(
                "CREATE TABLE large (id bigint PRIMARY KEY, v bytea)",
                "INSERT INTO large VALUES (1, decode(repeat('78', 12000000), 'hex'))");

        ParityReport report = sides.verify(
                Sides.table("large", List.of("id"), Sides.columns("id", INT64, "v", LogicalType.bytes(0))));

        assertThat(report.verdict()).isEqualTo(Verdict.EQUAL);
    }

    /** What one type's values are on both sides. */
    @SuppressWarnings("ArrayRecordComponent") // variable arguments keep the table readable
    private record Case(String onSource, LogicalType type, String onTarget, String... literals) {
        @Override
        public String toString() {
            return onSource;
        }
    }
}
