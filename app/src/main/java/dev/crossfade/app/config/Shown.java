package dev.crossfade.app.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of the file's text may appear in a message. Somebody who forgets a blank or a quote puts a password where a key should be,
 * so even keys are shown only as far as they look like one.
 */
final class Shown {
    private static final Pattern KEY = Pattern.compile("[\\p{L}\\p{N}_.*-]{0,60}");
    private static final Pattern CREDENTIALS = Pattern.compile("^([a-z]+:)*/*[^?]*@");

    private Shown() {}

    /** The key up to the first character that a key of ours never has. */
    static String key(String key) {
        Matcher matcher = KEY.matcher(key);
        return matcher.lookingAt() && matcher.end() == key.length() ? key : key.substring(0, matcher.end()) + "…";
    }

    /** The URL without its parameters and without what stands before an {@code @}. */
    static String url(String url) {
        String host = CREDENTIALS.matcher(url).replaceFirst("***@");
        int parameters = host.indexOf('?');
        return parameters < 0 ? host : host.substring(0, parameters) + "?…";
    }
}
