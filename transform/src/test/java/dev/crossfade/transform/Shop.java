package dev.crossfade.transform;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.ChangePosition;
import dev.crossfade.model.Column;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.SourceChange;
import dev.crossfade.model.SourceChange.Operation;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.model.codec.RecordKeys;
import dev.crossfade.model.codec.RowWriter;
import java.util.List;
import java.util.Optional;

/** A plan of one table, {@code shop.users(id, name, email)} to {@code public.people(email, id)}, and changes of it. */
final class Shop {
    static final TableId USERS = new TableId("shop", "users");
    static final TableId PEOPLE = new TableId("public", "people");
    static final ChangePosition POSITION =
            new ChangePosition(new BinlogPosition("binlog.000001", 4, "0-1-7"), "0-1-8", 0, 1);

    private static final Column ID = new Column("id", LogicalType.of(Kind.INT32), false, "int(11)");
    private static final Column NAME = new Column("name", LogicalType.text(80), true, "varchar(80)");
    private static final Column EMAIL = new Column("email", LogicalType.text(80), false, "varchar(80)");

    private Shop() {}

    /** The target's key is the source's: {@code id}. */
    static MigrationPlan plan(String migration) {
        return planWithKey(migration, "id");
    }

    /** The target's key is another column, so an update may move a row to another key. */
    static MigrationPlan planWithKey(String migration, String targetKey) {
        Table source = new Table(USERS, List.of(ID, NAME, EMAIL), List.of("id"));
        Table target = new Table(PEOPLE, List.of(EMAIL, ID), List.of(targetKey));
        return new MigrationPlan(
                migration, "0".repeat(64), List.of(new TablePlan(source, target, List.of("email", "id"))));
    }

    /** As {@link #plan}, with the table in an order group of its own. */
    static MigrationPlan planOfGroup(String migration, int partition) {
        OrderGroup group = new OrderGroup(USERS.toString(), partition, Copy.SNAPSHOT, List.of(USERS), List.of("test"));
        return new MigrationPlan(migration, "0".repeat(64), plan(migration).tables(), List.of(group), List.of());
    }

    static SourceChange create(int id, String name, String email) {
        return change(Operation.CREATE, Optional.empty(), Optional.of(user(id, name, email)));
    }

    static SourceChange update(Row before, Row after) {
        return change(Operation.UPDATE, Optional.of(before), Optional.of(after));
    }

    static SourceChange delete(Row before) {
        return change(Operation.DELETE, Optional.of(before), Optional.empty());
    }

    private static SourceChange change(Operation operation, Optional<Row> before, Optional<Row> after) {
        return new SourceChange(USERS, operation, POSITION, before, after);
    }

    static Row user(int id, String name, String email) {
        RowWriter writer = new RowWriter(64);
        writer.startRow(3);
        writer.writeInt32(id);
        writer.writeText(name);
        writer.writeText(email);
        return writer.toRow();
    }

    static Row person(String email, int id) {
        RowWriter writer = new RowWriter(64);
        writer.startRow(2);
        writer.writeText(email);
        writer.writeInt32(id);
        return writer.toRow();
    }

    static RowKey key(int id) {
        RowWriter writer = new RowWriter(64);
        writer.startRow(1);
        writer.writeInt32(id);
        return writer.toKey();
    }

    static RowKey key(String email) {
        RowWriter writer = new RowWriter(64);
        writer.startRow(1);
        writer.writeText(email);
        return writer.toKey();
    }

    /** The record key of a change of the user. */
    static byte[] recordKey(int id) {
        return RecordKeys.of(USERS, key(id));
    }
}
