package dev.crossfade.capture.change;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Text of the log as UTF-8. The log holds text in the column's own character set.
 *
 * @param charset how to decode; null where the bytes are UTF-8 already
 * @param isLatin1 the source's latin1, which is Windows 1252 with the five bytes that Windows leaves free standing for themselves
 */
record SourceText(@Nullable Charset charset, boolean isLatin1) {
    private static final SourceText UTF8 = new SourceText(null, false);
    private static final SourceText LATIN1 = new SourceText(null, true);

    /** Java's names for the source's character sets. Those that are UTF-8, or a part of it, need none. */
    private static final Map<String, String> JAVA_NAMES = Map.ofEntries(
            Map.entry("latin2", "ISO-8859-2"),
            Map.entry("latin5", "ISO-8859-9"),
            Map.entry("latin7", "ISO-8859-13"),
            Map.entry("greek", "ISO-8859-7"),
            Map.entry("hebrew", "ISO-8859-8"),
            Map.entry("cp1250", "windows-1250"),
            Map.entry("cp1251", "windows-1251"),
            Map.entry("cp1256", "windows-1256"),
            Map.entry("cp1257", "windows-1257"),
            Map.entry("cp850", "IBM850"),
            Map.entry("cp852", "IBM852"),
            Map.entry("cp866", "IBM866"),
            Map.entry("koi8r", "KOI8-R"),
            Map.entry("koi8u", "KOI8-U"),
            Map.entry("tis620", "TIS-620"),
            Map.entry("sjis", "Shift_JIS"),
            Map.entry("cp932", "windows-31j"),
            Map.entry("ujis", "EUC-JP"),
            Map.entry("gbk", "GBK"),
            Map.entry("gb2312", "GB2312"),
            Map.entry("gb18030", "GB18030"),
            Map.entry("big5", "Big5"),
            Map.entry("euckr", "EUC-KR"),
            Map.entry("ucs2", "UTF-16BE"),
            Map.entry("utf16", "UTF-16BE"),
            Map.entry("utf16le", "UTF-16LE"),
            Map.entry("utf32", "UTF-32BE"));

    /** How to read a column of the given character set; empty if it is not known. */
    static Optional<SourceText> of(String characterSet) {
        String name = characterSet.toLowerCase(Locale.ROOT);
        return switch (name) {
            case "utf8mb4", "utf8mb3", "utf8", "ascii" -> Optional.of(UTF8);
            case "latin1" -> Optional.of(LATIN1);
            default -> {
                String java = JAVA_NAMES.get(name);
                yield java == null || !Charset.isSupported(java)
                        ? Optional.empty()
                        : Optional.of(new SourceText(Charset.forName(java), false));
            }
        };
    }

    /**
     * The text as UTF-8; {@code text} itself where it is that already.
     *
     * @throws CharacterCodingException if the bytes are no text of the character set
     */
    byte[] utf8(byte[] text) throws CharacterCodingException {
        if (isLatin1) {
            return isAscii(text) ? text : latin1(text).getBytes(StandardCharsets.UTF_8);
        }
        if (charset == null) {
            return text;
        }
        CharBuffer decoded = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(text));
        return decoded.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isAscii(byte[] text) {
        for (byte octet : text) {
            if (octet < 0) {
                return false;
            }
        }
        return true;
    }

    private static final String WINDOWS_1252 = // 0x80..0x9f; 81, 8d, 8f, 90 and 9d stand for themselves
            "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f"
                    + "\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

    private static String latin1(byte[] text) {
        StringBuilder decoded = new StringBuilder(text.length);
        for (byte octet : text) {
            int code = Byte.toUnsignedInt(octet);
            decoded.append(code >= 0x80 && code < 0xa0 ? WINDOWS_1252.charAt(code - 0x80) : (char) code);
        }
        return decoded.toString();
    }
}
