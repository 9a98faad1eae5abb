package dev.crossfade.demo;

import dev.crossfade.demo.shop.Shop;
import dev.crossfade.testkit.MariaDbServer;
import dev.crossfade.testkit.PostgresServer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The two servers, empty but for Crossfade's accounts, which may do what a migration needs and no more. */
final class DemoServers implements AutoCloseable {
    /** Crossfade's account on either side. */
    static final String ACCOUNT = "crossfade";

    static final String PASSWORD = "tea-for-two";

    private final MariaDbServer mariaDb;
    private final PostgresServer postgres;

    private DemoServers(MariaDbServer mariaDb, PostgresServer postgres) {
        this.mariaDb = mariaDb;
        this.postgres = postgres;
    }

    /** Starts both at once; after a failure neither runs. */
    static DemoServers start() {
        CompletableFuture<PostgresServer> starting = CompletableFuture.supplyAsync(PostgresServer::start);
        MariaDbServer mariaDb;
        try {
            mariaDb = MariaDbServer.start();
        } catch (RuntimeException e) {
            closeWhenStarted(starting, e);
            throw e;
        }
        PostgresServer postgres;
        try {
            postgres = starting.join();
        } catch (CompletionException e) {
            mariaDb.close();
            throw new IllegalStateException("PostgreSQL did not start", e.getCause());
        }
        return new DemoServers(mariaDb, postgres);
    }

    private static void closeWhenStarted(CompletableFuture<PostgresServer> starting, RuntimeException failure) {
        try {
            starting.join().close();
        } catch (CompletionException e) {
            failure.addSuppressed(e);
        }
    }

    MariaDbServer mariaDb() {
        return mariaDb;
    }

    PostgresServer postgres() {
        return postgres;
    }

    /** Makes the accounts, and the database on the target; the shop must be there. */
    void makeAccounts() {
        mariaDb.execute(
                "",
                "create user " + ACCOUNT + "@'127.0.0.1' identified by '" + PASSWORD + "'",
                "grant replication slave, binlog monitor on *.* to " + ACCOUNT + "@'127.0.0.1'",
                "grant select on " + Shop.DATABASE + ".* to " + ACCOUNT + "@'127.0.0.1'",
                "grant select, insert, update, delete, create, drop on " + Shop.DATABASE + ".crossfade_marker to "
                        + ACCOUNT + "@'127.0.0.1'");
        postgres.execute(
                "postgres",
                "create role " + ACCOUNT + " login password '" + PASSWORD + "'",
                "create database " + Shop.DATABASE + " owner " + ACCOUNT);
    }

    @Override
    public void close() {
        try {
            mariaDb.close();
        } finally {
            postgres.close();
        }
    }
}
