package dev.crossfade.sink;

import dev.crossfade.model.Column;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.ReferentialAction;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowDelete;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.RowUpsert;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.model.UniqueIndex;
import dev.crossfade.model.codec.RowWriter;
import dev.crossfade.sink.control.ContributionStores;
import dev.crossfade.sink.target.PostgresTypes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Plans and rows for tests: table {@code public.orders(id bigint, note varchar(10), extra jsonb)} of {@code shop.orders}. */
final class TestPlans {
    static final TableId SOURCE = new TableId("shop", "orders");
    static final TableId TARGET = new TableId("public", "orders");
    static final Table ORDERS = table(
            TARGET,
            List.of("id"),
            column("id", LogicalType.of(Kind.INT64), false),
            column("note", LogicalType.text(10), true),
            column("extra", LogicalType.of(Kind.JSON), true));

    private TestPlans() {}

    static Column column(String name, LogicalType type, boolean nullable) {
        return new Column(name, type, nullable, PostgresTypes.declaration(type));
    }

    static Table table(TableId id, List<String> key, Column... columns) {
        return new Table(id, List.of(columns), key);
    }

    /** Maps a source table of the same shape onto each of the given. */
    static MigrationPlan plan(String migration, Table... targets) {
        return new MigrationPlan(
                migration,
                "0".repeat(64),
                List.of(targets).stream()
                        .map(target -> new TablePlan(
                                new Table(new TableId("shop", target.id().name()), target.columns(), target.key()),
                                target,
                                target.columns().stream().map(Column::name).toList()))
                        .toList());
    }

    /** The same with all tables in one order group, whose partition is 0. */
    static MigrationPlan grouped(String migration, List<ReferentialAction> actions, Table... targets) {
        return grouped(migration, Copy.SNAPSHOT, actions, List.of(), targets);
    }

    /** The same with unique indexes, and copied in one way or the other. */
    static MigrationPlan grouped(
            String migration, Copy copy, List<ReferentialAction> actions, List<UniqueIndex> indexes, Table... targets) {
        MigrationPlan plan = plan(migration, targets);
        List<TableId> sources =
                plan.tables().stream().map(table -> table.source().id()).toList();
        OrderGroup group = new OrderGroup(sources.get(0).toString(), 0, copy, sources, List.of("a test links them"));
        return new MigrationPlan(migration, plan.mappingHash(), plan.tables(), List.of(group), actions, indexes);
    }

    /** A table whose key rows of the source may share, with its store. The source's key has the same columns on both sides. */
    static MigrationPlan sharedKey(String migration, List<UniqueIndex> indexes, Table target, String... sourceKey) {
        Table source = new Table(new TableId("shop", target.id().name()), target.columns(), List.of(sourceKey));
        TablePlan table = new TablePlan(
                source,
                target,
                target.columns().stream().map(Column::name).toList(),
                Optional.of(ContributionStores.of(migration, target, source.key())));
        OrderGroup group = new OrderGroup(
                source.id().toString(), 0, Copy.SNAPSHOT, List.of(source.id()), List.of("its key is shared"));
        return new MigrationPlan(migration, "0".repeat(64), List.of(table), List.of(group), List.of(), indexes);
    }

    static Row order(long id, @Nullable String note, @Nullable String extra) {
        RowWriter writer = new RowWriter(64);
        append(writer, id, note, extra);
        return writer.toRow();
    }

    static void append(RowWriter writer, long id, @Nullable String note, @Nullable String extra) {
        writer.startRow(3);
        writer.writeInt64(id);
        if (note == null) {
            writer.writeNull();
        } else {
            writer.writeText(note);
        }
        if (extra == null) {
            writer.writeNull();
        } else {
            byte[] json = extra.getBytes(StandardCharsets.UTF_8);
            writer.writeJson(json, 0, json.length);
        }
    }

    static RowKey key(long id) {
        RowWriter writer = new RowWriter(64);
        writer.startRow(1);
        writer.writeInt64(id);
        return writer.toKey();
    }

    static RowUpsert upsert(long id, String note) {
        return new RowUpsert(TARGET, order(id, note, null));
    }

    static RowDelete delete(long id) {
        return new RowDelete(TARGET, key(id));
    }
}
