package dev.crossfade.capture.source;

import dev.crossfade.model.ValueException;

/** Checks text: a server hands out what was stored, and that is not always UTF-8. */
final class Utf8 {
    private Utf8() {}

    /**
     * Does nothing for valid UTF-8.
     *
     * @throws ValueException for anything else: overlong forms, surrogates, values above U+10FFFF, cut sequences
     * @see <a href="https://www.unicode.org/versions/Unicode15.0.0/ch03.pdf">Unicode 15, table 3-7</a>
     */
    static void require(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int at = offset;
        while (at < end) {
            if (bytes[at] >= 0) {
                at++;
                continue;
            }
            int sequence = sequenceLength(bytes, at, end);
            if (sequence == 0) {
                throw new ValueException("is not valid text in the column's character set");
            }
            at += sequence;
        }
    }

    /** Bytes of the valid sequence that begins at {@code at}, 0 if there is none. */
    private static int sequenceLength(byte[] bytes, int at, int end) {
        int lead = bytes[at] & 0xff;
        int length;
        int second = at + 1 < end ? bytes[at + 1] & 0xff : 0;
        boolean secondFits;
        if (lead >= 0xc2 && lead <= 0xdf) {
            length = 2;
            secondFits = isContinuation(second);
        } else if (lead >= 0xe0 && lead <= 0xef) {
            length = 3;
            secondFits = isContinuation(second) && (lead != 0xe0 || second >= 0xa0) && (lead != 0xed || second <= 0x9f);
        } else if (lead >= 0xf0 && lead <= 0xf4) {
            length = 4;
            secondFits = isContinuation(second) && (lead != 0xf0 || second >= 0x90) && (lead != 0xf4 || second <= 0x8f);
        } else {
            return 0;
        }
        if (!secondFits || at + length > end) {
            return 0;
        }
        for (int i = at + 2; i < at + length; i++) {
            if (!isContinuation(bytes[i] & 0xff)) {
                return 0;
            }
        }
        return length;
    }

    private static boolean isContinuation(int octet) {
        return octet >> 6 == 0b10;
    }
}
