package dev.crossfade.verify;

import dev.crossfade.verify.ValueForm.Outcome;

/** Exact numbers: {@code -?digits[.digits]} by value. {@code 007}, {@code 7.00} and {@code 7} are one form; so are {@code .71} and {@code 0.71}. */
final class NumberForm {
    private NumberForm() {}

    static Outcome append(byte[] value, FormBuffer out) {
        int from = value.length > 0 && (value[0] == '-' || value[0] == '+') ? 1 : 0;
        int point = value.length;
        int digits = 0;
        for (int i = from; i < value.length; i++) {
            if (value[i] == '.' && point == value.length) {
                point = i;
            } else if (value[i] >= '0' && value[i] <= '9') {
                digits++;
            } else {
                return Outcome.MALFORMED;
            }
        }
        if (digits == 0) {
            return Outcome.MALFORMED;
        }
        int first = from;
        while (first < point && value[first] == '0') {
            first++;
        }
        int end = value.length;
        while (end > point + 1 && value[end - 1] == '0') {
            end--;
        }
        boolean fraction = end > point + 1;
        if (value[0] == '-' && (first < point || fraction)) {
            out.put('-');
        }
        if (first == point) {
            out.put('0');
        }
        out.put(value, first, point - first);
        if (fraction) {
            out.put(value, point, end - point);
        }
        return Outcome.VALUE;
    }
}
