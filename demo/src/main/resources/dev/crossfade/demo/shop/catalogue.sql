-- What is sold, where it lies, how it is put into baskets, paid, sent, praised, looked for and looked at.
-- Set-wise statements over numbers from 1 up: every value is a function of a row's number, so the same size gives the same shop.
-- ${orders} and the other names in braces are row counts; crc32 spreads the numbers. The session has no strict sql_mode, the UTC time
-- zone, and does not check foreign keys while it loads.

insert into `group` (id, name, discount, rank) values
  (1, 'retail', 0.00, 0), (2, 'regulars', 2.50, 1), (3, 'cafés', 12.00, 3), (4, 'Teestuben', 11.75, 3),
  (5, 'staff', 30.00, -1), (6, 'friends & family 🫖', 15.00, 2), (7, 'お得意様', 7.00, 2), (8, 'blocked', -100.00, -128);

insert into supplier (code, name, city, terms, country, since, credit)
select concat(elt(1 + n mod 3, 'TEA', 'Tea', 'tea'), '-', lpad(n, 4, '0')),
       concat(elt(1 + n mod 6, 'Établissements', 'Gebrüder', 'Señor', 'Øresund', 'House of', 'Fratelli'), ' ',
              elt(1 + n mod 5, 'Müller', 'Façade', 'Ångström', 'Peña', 'Smith')),
       elt(1 + n mod 7, 'Köln', 'Besançon', 'Málaga', 'Århus', 'Bristol', 'Forlì', 'Liège'),
       if(n mod 9 = 0, null, concat('ab ', n * 10, ' € frei Haus – „Skonto“ 2 %…')),
       elt(1 + n mod 7, 'DE', 'FR', 'ES', 'DK', 'GB', 'IT', 'BE'),
       if(n mod 50 = 0, 0, 1950 + n mod 70),
       cast(n * 1237 mod 90000 as signed) - 20000 + 0.25
from (select seq as n from seq_1_to_300) as numbers;

insert into category (id, parent_id, name, sort)
select n, if(n <= 8, null, 1 + n mod 8),
       if(n <= 8, elt(n, 'Green tea', 'Black tea', 'White tea', 'Oolong', 'Pu-erh 普洱', 'Herbal', 'Pots & cups', 'Gifts 🎁'),
          concat('Shelf ', n)),
       cast(n * 37 mod 1000 as signed) - 500
from (select seq as n from seq_1_to_120) as numbers;

insert into product (sku, supplier_code, name, description, price, vat_percent, weight_kg, volume_l, rating, labels, allergens,
                     harvest, picture_hash, available, changed_at)
select concat(elt(1 + n mod 4, 'GRN', 'blk', 'Ool', 'POT'), '-', lpad(n, 6, '0')),
       concat('TEA-', lpad(1 + r mod 300, 4, '0')),
       concat(elt(1 + r mod 8, 'Sencha', 'Darjeeling', 'Assam', 'Bai Mu Dan', 'Tiě Guānyīn', 'Rooibos', 'Earl Grey', 'Matcha 抹茶'),
              ' ', elt(1 + r mod 5, 'first flush', 'No. ', 'reserve', '“Crème”', '🍃'), ' ', n),
       if(r mod 11 = 0, null, concat(repeat('Leaf by leaf, picked in the morning. ', 1 + r mod 9), 'Nº ', n, ' 🍵')),
       1 + (r mod 400000) / 1000, if(r mod 5 = 0, 7.00, 19.00),
       if(r mod 13 = 0, null, (r mod 5000) / 1000), if(r mod 3 = 0, (r mod 9000) / 7, null),
       if(r mod 6 = 0, null, 1 + (r mod 4001) / 1000.1),
       r mod 32, r mod 4096,
       if(r mod 10 = 0, null, if(r mod 77 = 0, 0, 1990 + r mod 34)),
       if(r mod 7 = 0, null, concat(left(unhex(md5(n)), 16 - n mod 3), repeat(char(0), n mod 3))),
       if(r mod 40 = 0, 2, r mod 2), '2019-01-01' + interval r mod 150000000 second
from (select seq as n, crc32(concat('product', seq)) as r from seq_1_to_${products}) as numbers;

insert into product_category (sku, category_id, place)
select p.sku, 9 + (crc32(p.sku) + t.seq * 31) mod 112, cast(crc32(p.sku) mod 5000 as signed) - 2500
from product p straight_join seq_1_to_2 t;

insert into product_image (sku, no, mime_type, thumbnail, original, alt_text)
select sku, 1, elt(1 + crc32(sku) mod 3, 'image/jpeg', 'image/png', 'image/webp'),
       unhex(concat('ffd8ff00', repeat(md5(sku), 4 + crc32(sku) mod 20))),
       if(crc32(sku) mod 4 = 0, null, unhex(repeat(sha2(sku, 512), 1 + crc32(sku) mod 40))),
       concat('Picture of ', name)
from product where crc32(md5(sku)) mod 2 = 0;

insert into warehouse (id, name, latitude, longitude, opens_at, closes_at) values
  (1, 'Hamburg, Speicherstadt', 53.543764, 9.988753, '06:30:00', '22:00:00.500'),
  (2, 'Lyon', 45.76404299999999, 4.8356590000000006, '00:00:00', '24:00:00.000'),
  (3, 'Bristol – Avonmouth', 51.5, -2.7000000000000001, '07:00:00', '31:00:00.001'),
  (4, '神戸', 34.69008, 135.19551, '08:15:00', '20:45:00.000');

insert into stock (warehouse_id, sku, quantity, reserved, counted_on, changed_at)
select w.id, p.sku, cast(crc32(concat(w.id, p.sku)) mod 4000 as signed) - 200, crc32(p.sku) mod 60,
       if(crc32(concat(p.sku, w.id)) mod 4 = 0, '0000-00-00', '2021-01-01' + interval crc32(p.sku) mod 1200 day),
       '2023-01-01 00:00:00.000' + interval crc32(concat(p.sku, w.id)) mod 50000000 second + interval w.id * 37 * 1000 microsecond
from warehouse w straight_join product p;

insert into voucher (id, code, percent, expires_on)
select n, concat('TEA', lpad(n, 5, '0')), 5 + r mod 46, if(r mod 3 = 0, null, '2024-01-01' + interval r mod 700 day)
from (select seq as n, crc32(concat('voucher', seq)) as r from seq_1_to_${vouchers}) as numbers;

insert into basket (user_id, no, voucher_id, label, changed_at)
select n, t, if(r mod 3 = 0, 1 + r div 3 mod ${vouchers}, null), elt(1 + r mod 4, '', 'für später', 'Geschenk 🎁', 'お土産'),
       '2023-06-01 00:00:00.000000' + interval r mod 30000000 second + interval r mod 1000000 microsecond
from (select u.seq as n, t.seq as t, crc32(concat('basket', u.seq, '.', t.seq)) as r
      from seq_1_to_${users} u straight_join seq_1_to_2 t on u.seq mod 4 < 3 - t.seq) as numbers;

insert into basket_line (user_id, basket_no, line, sku, quantity, wish)
select user_id, no, t, concat(elt(1 + p mod 4, 'GRN', 'blk', 'Ool', 'POT'), '-', lpad(p, 6, '0')), (1 + p mod 4000) / 1000,
       if(p mod 5 = 0, 'ganz, nicht gebrochen', null)
from (select user_id, no, t.seq as t, 1 + crc32(concat(user_id, '.', no, '.', t.seq)) mod ${products} as p
      from basket straight_join seq_1_to_2 t) as numbers;

insert into payment (id, order_id, method, amount, paid_at, refunded_at, answer, attempts)
select 9223372036854775808 + n * 1000003, 1 + r mod ${orders}, 1 + r mod 4, (r mod 90000000) / 7,
       if(r mod 15 = 0, null, '2014-01-01 00:00:00.000000' + interval r mod 300000000 second + interval r mod 1000000 microsecond),
       if(r mod 20 = 0, '2020-02-29 12:00:00' + interval r mod 1000000 second, '0000-00-00 00:00:00'),
       if(r mod 5 = 0, null, json_object('code', if(r mod 50 = 0, 'declined', 'ok'), 'trace', md5(n), 'amount', (r mod 90000000) / 7,
          'risk', json_object('score', (r mod 1000) / 1000, 'flags', json_array()))),
       cast(r mod 5 as signed) - 1
from (select seq as n, crc32(concat('payment', seq)) as r from seq_1_to_${payments}) as numbers;

insert into shipment (id, order_id, carrier, weight_kg, journey, hand_over, label)
select concat(left(unhex(md5(concat('shipment', n))), 16 - if(n mod 10 = 0, 2, 0)), if(n mod 10 = 0, '\0\0', '')),
       1 + r mod ${orders}, elt(1 + r mod 4, 'Kiebitz Post', 'Pédalo', 'Northwind', '飛脚'), (r mod 30000) / 997,
       if(r mod 20 = 0, null, sec_to_time(cast(r mod 3020399 as signed) - 60000)),
       if(r mod 8 = 0, null, '2016-05-01 00:00:00.000000' + interval r mod 200000000 second + interval r mod 1000000 microsecond),
       concat('^XA^FO50,50^FD', n, '^FS^XZ')
from (select seq as n, crc32(concat('shipment', seq)) as r from seq_1_to_${shipments}) as numbers
order by md5(concat('shipment', n));

insert into review (sku, user_id, stars, title, body, helpful, posted_on, answered_at)
select concat(elt(1 + p mod 4, 'GRN', 'blk', 'Ool', 'POT'), '-', lpad(p, 6, '0')), 1 + (crc32(p) + 101 * (n div ${products})) mod ${users}, 1 + r mod 5,
       elt(1 + r mod 4, '', 'Lovely', 'Не очень', 'まあまあ'),
       if(r mod 7 = 0, null, concat('I steep it for ', r mod 300, ' s. ', repeat('So good! ', r mod 6), elt(1 + r mod 3, '😍', '☕', ''))),
       cast(r mod 90 as signed) - 15, if(r mod 6 = 0, concat(2010 + r mod 14, '-00-00'), '2010-01-01' + interval r mod 5000 day),
       if(r mod 3 = 0, '2018-01-01 10:00:00' + interval r mod 100000000 second, null)
from (select seq as n, 1 + seq mod ${products} as p, crc32(concat('review', seq)) as r from seq_1_to_${reviews}) as numbers
order by 1, 2;

insert into showcase (id, place, sku, headline)
select n, n, concat(elt(1 + p mod 4, 'GRN', 'blk', 'Ool', 'POT'), '-', lpad(p, 6, '0')), elt(1 + n mod 4, 'Neu!', 'Nouveauté', '新茶', '')
from (select seq as n, 1 + crc32(concat('showcase', seq)) mod ${products} as p from seq_1_to_60) as numbers;

insert into subscriber (id, email, language, letters, since)
select n, concat('reader', 2 * n, '@example.org'), elt(1 + r mod 4, 'de', 'fr', 'ja', 'en'), r mod 800,
       if(r mod 7 = 0, '0000-00-00 00:00:00', '2008-01-01' + interval r mod 400000000 second)
from (select seq as n, crc32(concat('subscriber', seq)) as r from seq_1_to_${subscribers}) as numbers;

insert into search (day, words, found)
select '2024-01-01' + interval n mod 90 day, elt(1 + r mod 5, 'sencha', 'Earl Grey', 'чай', '抹茶', ''), nullif(r div 5 mod 6, 5)
from (select seq as n, crc32(concat('search', seq)) as r from seq_1_to_${searches}) as numbers;

insert into visit (id, user_id, at, ip, path, agent_hash, milliseconds)
select n, if(r mod 3 = 0, null, 1 + r mod ${users}), '2024-01-01 00:00:00.000000' + interval n * 400 second + interval r mod 1000000 microsecond,
       if(r mod 4 = 0, inet6_aton(concat('2001:db8::', hex(r mod 65536))), inet6_aton(concat('198.51.100.', r mod 256))),
       concat(elt(1 + r mod 4, '/', '/tea/', '/cart?step=', '/搜索/'), r mod 900),
       cast(conv(left(md5(n), 15), 16, 10) as signed) - 576460752303423488, (r mod 900000) / 7
from (select seq as n, crc32(concat('visit', seq)) as r from seq_1_to_${visits}) as numbers;
