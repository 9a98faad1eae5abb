package dev.crossfade.capture.change;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A statement of the source as words and signs: comments are gone, what a versioned comment holds is read as the server reads it, and
 * quoted names are told from words. Read from left to right by whoever holds it; one thread.
 */
final class StatementText {
    private final List<Token> tokens;
    private int next;

    private enum Kind {
        WORD, // a key word or a plain name
        NAME, // in backticks
        QUOTED, // in double quotes: a name or a text, as the session's mode says
        TEXT,
        SIGN
    }

    private record Token(Kind kind, String text) {}

    private StatementText(List<Token> tokens) {
        this.tokens = tokens;
    }

    static StatementText of(String sql) {
        return new StatementText(new Scanner(sql).tokens());
    }

    /** What comes before the next {@code separator} outside parentheses, which is passed; everything if there is none. */
    StatementText upTo(String separator) {
        int from = next;
        int depth = 0;
        for (; next < tokens.size(); next++) {
            Token token = tokens.get(next);
            if (depth == 0 && isSame(token, separator)) {
                return new StatementText(tokens.subList(from, next++));
            }
            depth += is(token, "(") ? 1 : is(token, ")") ? -1 : 0;
        }
        return new StatementText(tokens.subList(from, next));
    }

    boolean isAtEnd() {
        return next >= tokens.size();
    }

    /** Whether the next words are these; the place stays. */
    boolean isAt(String... words) {
        if (next + words.length > tokens.size()) {
            return false;
        }
        for (int i = 0; i < words.length; i++) {
            if (!isSame(tokens.get(next + i), words[i])) {
                return false;
            }
        }
        return true;
    }

    /** Passes these words if they are next. */
    boolean passes(String... words) {
        if (!isAt(words)) {
            return false;
        }
        next += words.length;
        return true;
    }

    /** Passes all of these words that come next, in whatever order. */
    StatementText passAll(String... words) {
        boolean isPassed = true;
        while (isPassed) {
            isPassed = false;
            for (String word : words) {
                isPassed |= passes(word);
            }
        }
        return this;
    }

    /** The next key word, in upper case; empty at the end and before anything else. */
    Optional<String> word() {
        if (isAtEnd() || tokens.get(next).kind() != Kind.WORD) {
            return Optional.empty();
        }
        return Optional.of(tokens.get(next++).text().toUpperCase(Locale.ROOT));
    }

    /** The next name without its quotes; empty if no name is next. */
    Optional<String> name() {
        if (isAtEnd() || !isName(tokens.get(next))) {
            return Optional.empty();
        }
        return Optional.of(tokens.get(next++).text());
    }

    void pass() {
        next++;
    }

    private static boolean isName(Token token) {
        return token.kind() == Kind.WORD || token.kind() == Kind.NAME || token.kind() == Kind.QUOTED;
    }

    private static boolean is(Token token, String sign) {
        return token.kind() == Kind.SIGN && token.text().equals(sign);
    }

    private static boolean isSame(Token token, String wordOrSign) {
        return token.kind() == Kind.WORD ? token.text().equalsIgnoreCase(wordOrSign) : is(token, wordOrSign);
    }

    /** Cuts a statement into tokens. */
    private static final class Scanner {
        private final String sql;
        private final List<Token> tokens = new ArrayList<>();
        private int at;

        Scanner(String sql) {
            this.sql = sql;
        }

        List<Token> tokens() {
            while (at < sql.length()) {
                char sign = sql.charAt(at);
                if (Character.isWhitespace(sign)) {
                    at++;
                } else if (sign == '#' || isDashComment()) {
                    at = endOfLine();
                } else if (sql.startsWith("/*", at)) {
                    comment();
                } else if (sql.startsWith("*/", at)) {
                    at += 2; // the end of a versioned comment
                } else if (sign == '`') {
                    quoted(Kind.NAME, sign);
                } else if (sign == '"') {
                    quoted(Kind.QUOTED, sign);
                } else if (sign == '\'') {
                    quoted(Kind.TEXT, sign);
                } else if (isPartOfName(sign)) {
                    word();
                } else {
                    tokens.add(new Token(Kind.SIGN, String.valueOf(sign)));
                    at++;
                }
            }
            return tokens;
        }

        private boolean isDashComment() {
            return sql.startsWith("--", at) && (at + 2 == sql.length() || Character.isWhitespace(sql.charAt(at + 2)));
        }

        private int endOfLine() {
            int end = sql.indexOf('\n', at);
            return end < 0 ? sql.length() : end;
        }

        /** Passes a comment; of a versioned one only its mark, because the server reads what it holds. */
        private void comment() {
            boolean isVersioned = sql.startsWith("!", at + 2) || sql.startsWith("M!", at + 2);
            if (!isVersioned) {
                int end = sql.indexOf("*/", at + 2);
                at = end < 0 ? sql.length() : end + 2;
                return;
            }
            at = sql.indexOf('!', at) + 1;
            while (at < sql.length() && Character.isDigit(sql.charAt(at))) {
                at++;
            }
        }

        private void quoted(Kind kind, char quote) {
            StringBuilder text = new StringBuilder();
            at++;
            while (at < sql.length()) {
                char sign = sql.charAt(at++);
                if (sign == '\\' && kind != Kind.NAME && at < sql.length()) {
                    text.append(sql.charAt(at++));
                } else if (sign != quote) {
                    text.append(sign);
                } else if (at < sql.length() && sql.charAt(at) == quote) {
                    text.append(quote);
                    at++;
                } else {
                    break;
                }
            }
            tokens.add(new Token(kind, text.toString()));
        }

        private void word() {
            int from = at;
            while (at < sql.length() && isPartOfName(sql.charAt(at))) {
                at++;
            }
            tokens.add(new Token(Kind.WORD, sql.substring(from, at)));
        }

        private static boolean isPartOfName(char sign) {
            return Character.isLetterOrDigit(sign) || sign == '_' || sign == '$' || sign == '@' || sign >= 0x80;
        }
    }
}
