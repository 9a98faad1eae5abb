package dev.crossfade.verify;

import dev.crossfade.verify.ValueForm.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Floating point by bits, from the shortest decimal text that names the double. The text of a FLOAT here is that of the double it
 * widens to, so narrowing it is exact.
 */
final class FloatForm {
    private static final HexFormat HEX = HexFormat.of();

    private FloatForm() {}

    static Outcome append32(byte[] value, FormBuffer out) {
        try {
            float number = (float) Double.parseDouble(text(value));
            out.putAscii(HEX.toHexDigits(Float.floatToRawIntBits(number)));
            return Outcome.VALUE;
        } catch (NumberFormatException e) {
            return Outcome.MALFORMED;
        }
    }

    static Outcome append64(byte[] value, FormBuffer out) {
        try {
            out.putAscii(HEX.toHexDigits(Double.doubleToRawLongBits(Double.parseDouble(text(value)))));
            return Outcome.VALUE;
        } catch (NumberFormatException e) {
            return Outcome.MALFORMED;
        }
    }

    private static String text(byte[] value) {
        return new String(value, StandardCharsets.ISO_8859_1);
    }
}
