package dev.crossfade.demo.shop;

import static dev.crossfade.demo.shop.Sql.update;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** What happens to products, suppliers, categories, warehouses and stock. */
final class CatalogueWrites {
    /** Products that nothing refers to yet, so that their keys may change. */
    private static final String NOVELTY = "NEW-";

    private CatalogueWrites() {}

    static List<ShopLoad.Write> all() {
        return List.of(
                new ShopLoad.Write("update product", 50, CatalogueWrites::reprice),
                new ShopLoad.Write("upsert product", 15, CatalogueWrites::announce),
                new ShopLoad.Write("key change product", 10, CatalogueWrites::rename),
                new ShopLoad.Write("delete product", 8, CatalogueWrites::withdraw),
                new ShopLoad.Write("update supplier", 10, CatalogueWrites::negotiate),
                new ShopLoad.Write("insert supplier", 5, CatalogueWrites::sign),
                new ShopLoad.Write("key change supplier", 4, CatalogueWrites::recode),
                new ShopLoad.Write("delete supplier", 3, CatalogueWrites::part),
                new ShopLoad.Write("update category", 5, CatalogueWrites::sort),
                new ShopLoad.Write("insert category with products", 6, CatalogueWrites::putUp),
                new ShopLoad.Write("key change category", 4, CatalogueWrites::renumberShelf),
                new ShopLoad.Write("delete category", 5, CatalogueWrites::takeDown),
                new ShopLoad.Write("insert product category", 10, CatalogueWrites::classify),
                new ShopLoad.Write("key change product category", 10, CatalogueWrites::reclassify),
                new ShopLoad.Write("delete product category", 5, CatalogueWrites::declassify),
                new ShopLoad.Write("upsert product image", 15, CatalogueWrites::photograph),
                new ShopLoad.Write("delete product image", 5, CatalogueWrites::removePicture),
                new ShopLoad.Write("update warehouse", 3, CatalogueWrites::openLate),
                new ShopLoad.Write("update stock", 60, CatalogueWrites::count),
                new ShopLoad.Write("key change stock", 15, CatalogueWrites::carry),
                new ShopLoad.Write("insert stock", 15, CatalogueWrites::receive),
                new ShopLoad.Write("long update of stock", 1, CatalogueWrites::countAll));
    }

    private static void reprice(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                """
                update product set price = ?, labels = ?, allergens = ?, weight_kg = ?, volume_l = ?, rating = ?, harvest = ?,
                  picture_hash = ?, description = ? where sku = ?
                """,
                BigDecimal.valueOf(choice.below(100_000_000), 4),
                choice.below(32),
                choice.below(4096),
                (float) choice.real(),
                choice.below(9_999_999) / 1000f,
                choice.real(),
                choice.oneIn(5) ? 0 : choice.between(1901, 2156),
                choice.oneIn(5) ? null : choice.identifier(),
                choice.words(choice.below(60)),
                choice.sku());
    }

    private static void announce(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                """
                insert into product (sku, supplier_code, name, price) select concat(?, ?), min(code), ?, ? from supplier
                on duplicate key update name = values(name), price = values(price)
                """,
                NOVELTY,
                choice.below(60),
                choice.words(3),
                BigDecimal.valueOf(choice.below(1_000_000), 4));
    }

    /** Sometimes only the case changes: the same key here, another one where case counts. */
    private static void rename(Connection connection, Choice choice) throws SQLException {
        int number = choice.below(60);
        update(
                connection,
                "update product set sku = ? where sku = ?",
                choice.oneIn(2) ? "new-" + number : NOVELTY + choice.between(60, 90),
                NOVELTY + number);
    }

    private static void withdraw(Connection connection, Choice choice) throws SQLException {
        update(connection, "delete from product where sku = ?", NOVELTY + choice.below(90));
    }

    private static void negotiate(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update supplier set terms = ?, credit = credit - ?, since = ? where code = ?",
                choice.oneIn(4) ? null : "ab " + choice.below(900) + " € – „ŸéŠ“ …",
                BigDecimal.valueOf(choice.below(1000), 2),
                choice.between(1950, 2020),
                "tea-" + fourDigits(choice.between(1, 301)));
    }

    private static void sign(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "insert into supplier (code, name, city, country, since, credit) values (?, 'Žofie & Œuvre', 'Nîmes', 'FR', 0, 0.5)",
                "Zün-" + choice.below(200));
    }

    private static void recode(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update supplier set code = ? where code = ?",
                "zÜN-" + choice.below(200),
                "zün-" + choice.below(200));
    }

    private static void part(Connection connection, Choice choice) throws SQLException {
        update(connection, "delete from supplier where code = ?", "ZÜN-" + choice.below(200));
    }

    private static void sort(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update category set sort = ? where id >= ? order by id limit 3",
                choice.between(-32_768, 32_768),
                choice.between(1, 121));
    }

    private static void putUp(Connection connection, Choice choice) throws SQLException {
        long shelf = Sql.insert(
                connection,
                "insert into category (parent_id, name) select max(id), ? from category where id < ?",
                choice.words(2),
                choice.oneIn(2) ? 1_000_000 : choice.between(2, 121));
        update(
                connection,
                "insert ignore into product_category (sku, category_id) values (?, ?), (?, ?)",
                choice.sku(),
                shelf,
                choice.sku(),
                shelf);
    }

    /** What lies on it is found under the new number. */
    private static void renumberShelf(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update category set id = id + 1000000 where id >= ? and id < 1000000 order by id desc limit 1",
                choice.between(121, 140));
    }

    /** What lay on it is nowhere, and shelves below it have none above. */
    private static void takeDown(Connection connection, Choice choice) throws SQLException {
        update(connection, "delete from category where id > ? order by sort, id limit 1", choice.between(120, 140));
    }

    private static void classify(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "insert ignore into product_category (sku, category_id, place) values (?, ?, ?), (?, ?, ?)",
                choice.sku(),
                choice.between(1, 121),
                choice.between(-8_388_608, 8_388_608),
                choice.sku(),
                choice.between(1, 121),
                choice.between(-9, 9));
    }

    private static void reclassify(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update product_category set category_id = ? where sku = ? order by category_id limit 1",
                choice.between(1, 121),
                choice.sku());
    }

    private static void declassify(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "delete from product_category where sku = ? order by category_id desc limit 1",
                choice.sku());
    }

    private static void photograph(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                """
                insert into product_image (sku, no, mime_type, thumbnail, original, alt_text) values (?, ?, 'image/avif', ?, ?, ?)
                on duplicate key update thumbnail = values(thumbnail), original = values(original), alt_text = values(alt_text)
                """,
                choice.sku(),
                choice.between(1, 4),
                choice.bytes(choice.below(300)),
                choice.oneIn(3) ? null : choice.bytes(choice.below(4000)),
                choice.word());
    }

    private static void removePicture(Connection connection, Choice choice) throws SQLException {
        update(connection, "delete from product_image where sku = ? order by no desc limit 1", choice.sku());
    }

    private static void openLate(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update warehouse set opens_at = sec_to_time(?), closes_at = sec_to_time(?), longitude = ? where id = ?",
                choice.below(90_000),
                choice.below(3_000_000) / 1000.0,
                choice.real(),
                choice.between(1, 5));
    }

    private static void count(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                """
                update stock set quantity = quantity + ?, counted_on = if(? = 0, '0000-00-00', curdate())
                where warehouse_id = ? and sku >= ? order by sku limit ?
                """,
                choice.between(-50, 50),
                choice.below(3),
                choice.between(1, 5),
                choice.sku(),
                choice.between(1, 9));
    }

    private static void carry(Connection connection, Choice choice) throws SQLException {
        int from = choice.between(1, 5);
        int to = 1 + from % 4;
        String sku = choice.sku();
        update(connection, "delete from stock where warehouse_id = ? and sku = ?", to, sku);
        update(connection, "update stock set warehouse_id = ? where warehouse_id = ? and sku = ?", to, from, sku);
    }

    private static void receive(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                """
                insert into stock (warehouse_id, sku, quantity, reserved) values (?, ?, ?, ?)
                on duplicate key update quantity = quantity + 1
                """,
                choice.between(1, 5),
                choice.sku(),
                choice.between(-8_000_000, 8_000_000),
                choice.below(65_536));
    }

    private static void countAll(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update stock set reserved = ? where warehouse_id = ? and sku >= ? order by sku limit 500",
                choice.below(65_536),
                choice.between(1, 5),
                choice.sku());
    }

    private static String fourDigits(int number) {
        String digits = Integer.toString(number);
        return "0".repeat(4 - digits.length()) + digits;
    }
}
