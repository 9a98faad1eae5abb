package dev.crossfade.demo;

import dev.crossfade.demo.shop.Shop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The demo's migration file, such as one would write it by hand. */
final class DemoFile {
    private static final String PASSWORD_FILE = "password";

    private DemoFile() {}

    /** Writes the file, and the password beside it; the demo then reads it as {@code crossfade run} would. */
    static Path write(Path directory, DemoServers servers) {
        Path file = directory.resolve("migration.yml");
        try {
            Path password = Files.createFile(
                    directory.resolve(PASSWORD_FILE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(password, DemoServers.PASSWORD + "\n");
            Files.writeString(file, text(servers));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        return file;
    }

    private static String text(DemoServers servers) {
        return """
                # The whole migration is in this file.
                migration: shop
                source: { url: "%s", user: %s, password: "${file:%s}" }
                target: { url: "%s", user: %s, password: "${file:%s}" }
                kafka: embedded
                tables:
                  # Table user gets another name and another order of columns; two columns are renamed, one stays behind.
                  - from: shop.user
                    to: public.customer
                    columns:
                      id: id
                      customer_name: full_name
                      email: email
                      customer_group: group
                      password_hash: drop
                      "*": "*"
                  # Readers of the newsletter are known by their address from now on.
                  - from: shop.subscriber
                    to: public.subscriber
                    key: [email]
                  # All other tables move as they are.
                  - from: shop.*
                    to: public.*
                """.formatted(
                        servers.mariaDb().jdbcUrl(Shop.DATABASE),
                        DemoServers.ACCOUNT,
                        PASSWORD_FILE,
                        servers.postgres().jdbcUrl(Shop.DATABASE),
                        DemoServers.ACCOUNT,
                        PASSWORD_FILE);
    }
}
