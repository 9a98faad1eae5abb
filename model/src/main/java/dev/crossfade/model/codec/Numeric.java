package dev.crossfade.model.codec;

import dev.crossfade.model.ValueException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/**
 * PostgreSQL's binary {@code numeric}: int16 number of digits, int16 weight, int16 sign, int16 display scale, then digits to base
 * 10,000. The form is canonical: no leading or trailing zero digits, zero has no digits and no sign.
 *
 * @see <a href="https://github.com/postgres/postgres/blob/REL_18_0/src/backend/utils/adt/numeric.c">numeric_send</a>
 */
public final class Numeric {
    private static final int BASE_DIGITS = 4; // decimal digits in one digit to base 10,000
    private static final int NEGATIVE = 0x4000;
    private static final int HEADER = 4 * Short.BYTES;
    private static final BigInteger BASE = BigInteger.valueOf(10_000);

    private Numeric() {}

    /**
     * Appends the number that {@code text} holds as ASCII: an optional sign, digits, and optionally a point and digits. The scale is
     * the number of digits after the point.
     *
     * @throws ValueException if the bytes are anything else; nothing was appended
     */
    static void append(RowWriter writer, byte[] text, int offset, int length) {
        int end = offset + length;
        int start = offset;
        boolean negative = false;
        if (start < end && (text[start] == '-' || text[start] == '+')) {
            negative = text[start] == '-';
            start++;
        }
        int point = end;
        for (int i = start; i < end; i++) {
            if (text[i] == '.' && point == end) {
                point = i;
            } else if (text[i] < '0' || text[i] > '9') {
                throw new ValueException("is not a plain decimal number");
            }
        }
        int scale = Math.max(0, end - point - 1);
        int integerDigits = point - start;
        if (integerDigits + scale == 0) {
            throw new ValueException("is not a plain decimal number");
        }
        int integerGroups = (integerDigits + BASE_DIGITS - 1) / BASE_DIGITS;
        int groups = integerGroups + (scale + BASE_DIGITS - 1) / BASE_DIGITS;
        int first = groups;
        int last = -1;
        for (int group = 0; group < groups; group++) {
            if (group(text, start, point, end, group - integerGroups) != 0) {
                first = Math.min(first, group);
                last = group;
            }
        }
        int digits = last < 0 ? 0 : last - first + 1;
        writer.putInt(HEADER + digits * Short.BYTES);
        writer.putShort(digits);
        writer.putShort(digits == 0 ? 0 : integerGroups - 1 - first);
        writer.putShort(negative && digits > 0 ? NEGATIVE : 0);
        writer.putShort(scale);
        for (int group = first; group <= last; group++) {
            writer.putShort(group(text, start, point, end, group - integerGroups));
        }
    }

    /** The digit to base 10,000 that stands {@code group} places right of the point: 0 is the first one after it. */
    private static int group(byte[] text, int start, int point, int end, int group) {
        int value = 0;
        for (int i = 0; i < BASE_DIGITS; i++) {
            int place = group * BASE_DIGITS + i; // decimal places right of the point, negative left of it
            int at = place < 0 ? point + place : point + 1 + place;
            value = value * 10 + (at >= start && at < end ? text[at] - '0' : 0);
        }
        return value;
    }

    /** The number of one encoded value, with its scale. */
    public static BigDecimal decode(byte[] value) {
        ByteBuffer buffer = ByteBuffer.wrap(value);
        int digits = buffer.getShort();
        int weight = buffer.getShort();
        int sign = buffer.getShort();
        int scale = buffer.getShort();
        BigInteger unscaled = BigInteger.ZERO;
        for (int i = 0; i < digits; i++) {
            unscaled = unscaled.multiply(BASE).add(BigInteger.valueOf(buffer.getShort()));
        }
        int exponent = (weight - digits + 1) * BASE_DIGITS;
        BigDecimal number = new BigDecimal(unscaled).scaleByPowerOfTen(exponent).setScale(scale);
        return sign == NEGATIVE ? number.negate() : number;
    }
}
