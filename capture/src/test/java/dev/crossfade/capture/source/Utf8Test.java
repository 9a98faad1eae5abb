package dev.crossfade.capture.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.ValueException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class Utf8Test {
    private static final int[] INTERESTING = {
        0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
        0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff
    };

    private static final int[] LATER = {0x41, 0x80, 0xbf, 0xc2};

    private static boolean isAccepted(byte[] bytes) {
        try {
            Utf8.require(bytes, 0, bytes.length);
            return true;
        } catch (ValueException e) {
            return false;
        }
    }

    private static boolean isDecodable(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    @Test
    void acceptsExactlyWhatTheStrictDecoderAccepts() {
        List<String> differences = new ArrayList<>();
        byte[] bytes = new byte[4];
        for (int a : INTERESTING) {
            for (int b : INTERESTING) {
                for (int c : LATER) {
                    for (int d : LATER) {
                        bytes[0] = (byte) a;
                        bytes[1] = (byte) b;
                        bytes[2] = (byte) c;
                        bytes[3] = (byte) d;
                        if (isAccepted(bytes) != isDecodable(bytes)) {
                            differences.add(HexFormat.of().formatHex(bytes));
                        }
                    }
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    @Test
    void looksOnlyAtTheGivenPart() {
        byte[] bytes = {(byte) 0xff, 'a', (byte) 0xc3, (byte) 0xa4, (byte) 0xff};
        Utf8.require(bytes, 1, 3);
        assertThat(isAccepted(bytes)).isFalse();
    }
}
