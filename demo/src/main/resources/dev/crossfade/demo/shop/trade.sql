-- Customers and their orders, more than half of all rows. Loaded beside catalogue.sql on a connection of its own.
-- Set-wise statements over numbers from 1 up: every value is a function of a row's number, so the same size gives the same shop.
-- ${orders} and the other names in braces are row counts; crc32 spreads the numbers. The session has no strict sql_mode, the UTC time
-- zone, and does not check foreign keys while it loads.

-- Dates come whole, partial, zero and NULL. Salutation 0 is the error value of an ENUM: releases before strict mode left it.
insert into `user` (id, email, password_hash, first_name, last_name, `group`, salutation, interests, born, newsletter, loyalty_points,
                    balance, preferences, last_login, updated_at)
select n,
       concat(elt(1 + r mod 3, 'tea.lover', 'Kunde', 'client'), n, '@', elt(1 + r mod 4, 'example.org', 'example.com', 'Example.net', 'post.example')),
       unhex(sha2(concat('salt', n), 256)),
       elt(1 + r mod 12, 'Ada', 'Zoë', 'José', 'Łukasz', 'Søren', 'Nguyễn', 'Ольга', 'さくら', 'Muḥammad', 'François', 'Jürgen', 'Mary'),
       elt(1 + r div 12 mod 9, 'O''Neill', 'Müller', 'García', 'Đặng', 'Świętek', 'Иванова', '田中', 'Smith', 'von und zu Grünwald'),
       1 + r mod 7, r div 7 mod 4, if(r mod 8 = 0, null, r mod 128),
       case r mod 10 when 0 then null when 1 then '0000-00-00' when 2 then concat(1940 + r mod 60, '-00-00')
                     when 3 then concat(1940 + r mod 60, '-0', 1 + r mod 9, '-00') else '1940-01-01' + interval r mod 24000 day end,
       r div 3 mod 2, r mod 16777216, (cast(r mod 2000000 as signed) - 500000) / 1000,
       if(r mod 6 = 0, null, json_object('theme', elt(1 + r mod 3, 'dark', 'light', 'matcha 🍵'), 'locale', elt(1 + r mod 4, 'de', 'fr', 'ja', 'en-GB'),
          'steeping', json_array(60 + r mod 240, 1.5, r mod 2 = 0), 'card', 9007199254740993 + n, 'note', 'quote " backslash \\ tab \t')),
       if(r mod 5 = 0, '0000-00-00 00:00:00', '2015-01-01' + interval r mod 280000000 second),
       '2015-01-01 00:00:00.000001' + interval r mod 280000000 second + interval r mod 999983 microsecond
from (select seq as n, crc32(concat('user', seq)) as r from seq_1_to_${users}) as numbers;

insert into address (user_id, no, kind, street, postcode, city, country, note)
select n, t, 1 + (r + t) mod 3, concat(elt(1 + r mod 5, 'Hauptstraße', 'rue de l''Étoile', 'Calle Niño', 'High Street', '中央通り'), ' ', 1 + r mod 200),
       lpad(r mod 100000, 5 + r mod 3, '0'), elt(1 + r mod 6, 'Berlin', 'Paris', 'València', 'York', '札幌', 'Zürich'),
       elt(1 + r mod 6, 'DE', 'FR', 'ES', 'GB', 'JP', 'CH'), if(r mod 4 = 0, concat('Ring twice 🔔', char(10 using utf8mb4), '2nd floor'), null)
from (select u.seq as n, t.seq as t, crc32(concat('address', u.seq, '.', t.seq)) as r
      from seq_1_to_${users} u straight_join seq_1_to_2 t on t.seq = 1 or u.seq mod 3 = 0) as numbers;

insert into `order` (id, user_id, status, currency, total, `placedAt`, shipped_on, handling_time, coupon, remark, updated_at)
select n, 1 + r mod ${users}, 1 + r mod 6, elt(1 + r mod 4, 'EUR', 'GBP', 'CHF', 'JPY'), (r mod 9000000) / 1000,
       '2004-03-01 08:00:00.000' + interval n * 6400 second + interval r mod 1000 * 1000 microsecond,
       if(r mod 3 = 0, '0000-00-00', date('2004-03-03' + interval n * 6400 second)),
       if(r mod 9 = 0, null, sec_to_time(cast(r mod 2500000 as signed) - 100000)),
       if(r mod 12 = 0, concat('FRÜH', r mod 100, '€'), null),
       if(r mod 10 = 0, concat('Please leave it with the neighbour. 🙏 No. ', n), null),
       '2004-03-04 00:00:00' + interval n * 6400 second
from (select seq as n, crc32(concat('order', seq)) as r from seq_1_to_${orders}) as numbers;

insert into order_line (order_id, line, sku, quantity, price, discount_percent)
select n, t, concat(elt(1 + p mod 4, 'GRN', 'blk', 'Ool', 'POT'), '-', lpad(p, 6, '0')),
       1 + r mod 5, 1 + (r mod 400000) / 1000, if(r mod 4 = 0, (r mod 300) / 7, 0)
from (select o.seq as n, t.seq as t, crc32(concat(o.seq, '.', t.seq)) as r, 1 + crc32(concat('sku', o.seq, t.seq)) mod ${products} as p
      from seq_1_to_${orders} o straight_join seq_1_to_4 t on t.seq <= 1 + o.seq mod 3 or (o.seq mod 5 = 0)) as numbers;
