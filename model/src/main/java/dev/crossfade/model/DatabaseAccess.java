package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

/**
 * How to reach a database.
 *
 * @param url the JDBC URL, without user and password
 * @param user the account
 * @param password its password, possibly empty
 */
public record DatabaseAccess(String url, String user, Secret password) {
    public DatabaseAccess {
        requireNonNull(url, "url");
        requireNonNull(user, "user");
        requireNonNull(password, "password");
    }
}
