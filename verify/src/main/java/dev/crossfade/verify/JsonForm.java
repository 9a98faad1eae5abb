package dev.crossfade.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.crossfade.verify.ValueForm.Outcome;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON by meaning: members of objects sorted by name, of members with one name the last (as {@code jsonb} keeps it), no white space,
 * numbers by exact value as {@code digitsEexponent}, strings as UTF-8 with a fixed set of escapes.
 */
final class JsonForm {
    /** Longer than the 131,072 + 16,383 digits of PostgreSQL's numeric. */
    private static final int MAX_NUMBER_LENGTH = 200_000;

    private static final ObjectReader READER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNameLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(JsonNode.class);

    private JsonForm() {}

    /** Appends the form of a document; MALFORMED if it is none. */
    static Outcome append(byte[] value, FormBuffer out) {
        JsonNode document;
        try {
            document = READER.readTree(value);
        } catch (JsonProcessingException e) {
            return Outcome.MALFORMED;
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
        if (document.isMissingNode()) {
            return Outcome.MALFORMED;
        }
        append(document, out);
        return Outcome.VALUE;
    }

    private static void append(JsonNode node, FormBuffer out) {
        switch (node.getNodeType()) {
            case OBJECT -> appendObject(node, out);
            case ARRAY -> {
                out.put('[');
                for (int i = 0; i < node.size(); i++) {
                    if (i > 0) {
                        out.put(',');
                    }
                    append(node.get(i), out);
                }
                out.put(']');
            }
            case STRING -> appendString(node.textValue(), out);
            case NUMBER -> appendNumber(node.decimalValue(), out);
            case BOOLEAN -> out.putAscii(node.booleanValue() ? "true" : "false");
            case NULL -> out.putAscii("null");
            case BINARY, MISSING, POJO ->
                throw new IllegalStateException("a parsed document holds " + node.getNodeType());
        }
    }

    private static void appendObject(JsonNode node, FormBuffer out) {
        Map<String, JsonNode> members = new TreeMap<>();
        node.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
        out.put('{');
        boolean first = true;
        for (Map.Entry<String, JsonNode> member : members.entrySet()) {
            if (!first) {
                out.put(',');
            }
            first = false;
            appendString(member.getKey(), out);
            out.put(':');
            append(member.getValue(), out);
        }
        out.put('}');
    }

    private static void appendNumber(BigDecimal number, FormBuffer out) {
        if (number.signum() == 0) {
            out.put('0');
            return;
        }
        BigDecimal stripped = number.stripTrailingZeros();
        out.putAscii(stripped.unscaledValue().toString());
        if (stripped.scale() != 0) {
            out.putAscii("E" + -(long) stripped.scale());
        }
    }

    private static void appendString(String text, FormBuffer out) {
        out.put('"');
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                i++;
            } else if (c < ' ' || c == '"' || c == '\\' || Character.isSurrogate(c)) {
                appendUtf8(text, run, i, out);
                out.putAscii(String.format("\\u%04x", (int) c));
                run = i + 1;
            }
        }
        appendUtf8(text, run, text.length(), out);
        out.put('"');
    }

    private static void appendUtf8(String text, int from, int to, FormBuffer out) {
        if (from < to) {
            byte[] utf8 = text.substring(from, to).getBytes(StandardCharsets.UTF_8);
            out.put(utf8, 0, utf8.length);
        }
    }
}
