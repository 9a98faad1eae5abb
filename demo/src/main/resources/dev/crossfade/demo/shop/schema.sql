-- A mail-order shop for tea, on the market since 2004: what twenty years of releases leave behind. Crossfade's own making.
--
-- It is full of what a migration stumbles over, on purpose: reserved words as names, composite and text keys, a key of raw bytes,
-- ids beyond 2^63, zero and partial dates, a table in latin1, flags in BIT, lists in SET, documents in JSON, generated columns.
-- And some rows go, or change, because their parents do: MariaDB sees to that by itself, and its log does not say a word.

set sql_mode = '';

-- Customers belong to one of a few groups. The name is a reserved word, as are `user` and `order`.
create table `group` (
  id smallint unsigned not null auto_increment,
  name varchar(40) not null,
  discount decimal(5,2) not null default 0.00,
  rank tinyint not null default 0,
  primary key (id)
) engine=InnoDB default charset=utf8mb4;

-- From the first release: latin1, which means Windows' code page 1252, with its euro sign. The key is text, without regard to case.
create table supplier (
  code varchar(12) not null,
  name varchar(80) not null,
  city varchar(60) not null,
  terms varchar(200) default null,
  country char(2) not null,
  since year not null,
  credit decimal(14,2) not null,
  primary key (code)
) engine=InnoDB default charset=latin1 collate=latin1_swedish_ci;

-- A shelf that is taken down leaves those below it standing by themselves, and what lay on it is nowhere.
create table category (
  id mediumint unsigned not null auto_increment,
  parent_id mediumint unsigned default null,
  name varchar(60) not null,
  sort smallint not null default 0,
  primary key (id),
  key category_parent (parent_id),
  constraint category_parent foreign key (parent_id) references category (id) on delete set null on update restrict
) engine=InnoDB default charset=utf8mb4;

create table product (
  sku varchar(24) character set utf8mb4 collate utf8mb4_general_ci not null,
  supplier_code varchar(12) character set latin1 collate latin1_swedish_ci not null,
  name varchar(120) not null,
  description text,
  price decimal(12,4) not null,
  vat_percent decimal(4,2) not null default 19.00,
  price_gross decimal(16,4) as (round(price * (1 + vat_percent / 100), 4)) stored,
  weight_kg float default null,
  volume_l float(7,3) default null,
  rating double default null,
  labels set('organic','fair trade','vegan','decaffeinated','new') not null default '',
  allergens bit(12) not null default b'0',
  harvest year default null,
  picture_hash binary(16) default null,
  available tinyint(1) not null default 1,
  changed_at timestamp not null default current_timestamp on update current_timestamp,
  primary key (sku),
  key product_supplier (supplier_code),
  constraint product_supplier foreign key (supplier_code) references supplier (code) on delete restrict on update restrict
) engine=InnoDB default charset=utf8mb4;

-- Only a key and a place in the list.
create table product_category (
  sku varchar(24) collate utf8mb4_general_ci not null,
  category_id mediumint unsigned not null,
  place mediumint not null default 0,
  primary key (category_id, sku),
  key product_category_product (sku),
  constraint product_category_product foreign key (sku) references product (sku) on delete restrict on update restrict,
  constraint product_category_category foreign key (category_id) references category (id) on delete cascade on update cascade
) engine=InnoDB default charset=utf8mb4;

create table product_image (
  sku varchar(24) collate utf8mb4_general_ci not null,
  no tinyint unsigned not null,
  mime_type varchar(40) character set ascii not null,
  thumbnail blob not null,
  original mediumblob,
  alt_text tinytext,
  primary key (sku, no),
  constraint product_image_product foreign key (sku) references product (sku) on delete restrict on update restrict
) engine=InnoDB default charset=utf8mb4;

create table warehouse (
  id tinyint unsigned not null auto_increment,
  name varchar(60) not null,
  latitude double not null,
  longitude double not null,
  opens_at time not null,
  closes_at time(3) not null,
  primary key (id)
) engine=InnoDB default charset=utf8mb4;

-- Quantities go below zero when more is promised than there is.
create table stock (
  warehouse_id tinyint unsigned not null,
  sku varchar(24) collate utf8mb4_general_ci not null,
  quantity mediumint not null,
  reserved smallint unsigned not null default 0,
  free int as (cast(quantity as signed) - cast(reserved as signed)) virtual,
  counted_on date not null default '0000-00-00',
  changed_at timestamp(3) not null default current_timestamp(3) on update current_timestamp(3),
  primary key (warehouse_id, sku),
  key stock_product (sku),
  constraint stock_warehouse foreign key (warehouse_id) references warehouse (id) on delete restrict on update restrict,
  constraint stock_product foreign key (sku) references product (sku) on delete restrict on update restrict
) engine=InnoDB default charset=utf8mb4;

-- Birthdays are partial where only the year is known. Nobody who never logged in has a NULL there.
create table `user` (
  id int unsigned not null auto_increment,
  email varchar(120) collate utf8mb4_unicode_ci not null,
  password_hash binary(32) not null,
  first_name varchar(60) not null,
  last_name varchar(60) not null,
  full_name varchar(121) as (concat(first_name, ' ', last_name)) stored,
  `group` smallint unsigned not null,
  salutation enum('','ms','mr','mx') not null default '',
  interests set('green','black','white','oolong','pu-erh','herbal','accessories') default null,
  born date default null,
  newsletter bit(1) not null default b'0',
  loyalty_points mediumint unsigned not null default 0,
  balance decimal(20,6) not null default 0.000000,
  preferences json default null,
  last_login datetime not null default '0000-00-00 00:00:00',
  updated_at timestamp(6) not null default current_timestamp(6) on update current_timestamp(6),
  primary key (id),
  key user_group (`group`),
  constraint user_group foreign key (`group`) references `group` (id) on delete restrict on update restrict
) engine=InnoDB default charset=utf8mb4;

create table address (
  user_id int unsigned not null,
  no tinyint unsigned not null,
  kind enum('delivery','invoice','work, or elsewhere') not null default 'delivery',
  street varchar(120) not null,
  postcode char(8) not null,
  city varchar(60) not null,
  country char(2) not null,
  note text,
  primary key (user_id, no),
  constraint address_user foreign key (user_id) references `user` (id) on delete cascade on update cascade
) engine=InnoDB default charset=utf8mb4;

create table voucher (
  id mediumint unsigned not null auto_increment,
  code char(8) character set ascii not null,
  percent tinyint unsigned not null,
  expires_on date default null,
  primary key (id)
) engine=InnoDB default charset=utf8mb4;

-- Baskets that nobody paid for. They go with their user, and take their lines along; a voucher that is gone is not missed.
create table basket (
  user_id int unsigned not null,
  no smallint unsigned not null,
  voucher_id mediumint unsigned default null,
  label varchar(60) not null default '',
  changed_at timestamp(6) not null default current_timestamp(6) on update current_timestamp(6),
  primary key (user_id, no),
  key basket_voucher (voucher_id),
  constraint basket_user foreign key (user_id) references `user` (id) on delete cascade on update cascade,
  constraint basket_voucher foreign key (voucher_id) references voucher (id) on delete set null on update cascade
) engine=InnoDB default charset=utf8mb4;

create table basket_line (
  user_id int unsigned not null,
  basket_no smallint unsigned not null,
  line smallint unsigned not null,
  sku varchar(24) collate utf8mb4_general_ci not null,
  quantity decimal(8,3) not null,
  wish varchar(120) default null,
  primary key (user_id, basket_no, line),
  key basket_line_product (sku),
  constraint basket_line_basket foreign key (user_id, basket_no) references basket (user_id, no) on delete cascade on update cascade,
  constraint basket_line_product foreign key (sku) references product (sku) on delete restrict on update restrict
) engine=InnoDB default charset=utf8mb4;

-- `placedAt` is from the years when somebody liked camels. An order that was never shipped has a zero date.
create table `order` (
  id bigint unsigned not null auto_increment,
  user_id int unsigned not null,
  status enum('new','paid','packed','shipped','returned','lost') not null default 'new',
  currency char(3) not null default 'EUR',
  total decimal(18,4) not null,
  `placedAt` datetime(3) not null,
  shipped_on date not null default '0000-00-00',
  handling_time time default null,
  coupon varchar(20) character set latin1 default null,
  remark varchar(400) default null,
  updated_at timestamp not null default current_timestamp on update current_timestamp,
  primary key (id),
  key order_user (user_id),
  constraint order_user foreign key (user_id) references `user` (id) on delete restrict on update restrict
) engine=InnoDB default charset=utf8mb4;

create table order_line (
  order_id bigint unsigned not null,
  line smallint unsigned not null,
  sku varchar(24) collate utf8mb4_general_ci not null,
  quantity smallint not null,
  price decimal(12,4) not null,
  discount_percent float not null default 0,
  amount decimal(18,4) as (quantity * price) stored,
  primary key (order_id, line),
  key order_line_product (sku),
  constraint order_line_order foreign key (order_id) references `order` (id) on delete restrict on update restrict,
  constraint order_line_product foreign key (sku) references product (sku) on delete restrict on update restrict
) engine=InnoDB default charset=utf8mb4;

-- The payment provider's own ids, which begin at 2^63. An unrefunded payment carries the zero timestamp.
create table payment (
  id bigint unsigned not null,
  order_id bigint unsigned not null,
  method enum('card','invoice','bank transfer','voucher') not null,
  amount decimal(30,10) not null,
  paid_at timestamp(6) null default null,
  refunded_at timestamp not null default '0000-00-00 00:00:00',
  answer json default null,
  attempts int not null default 1,
  primary key (id),
  key payment_order (order_id),
  constraint payment_order foreign key (order_id) references `order` (id) on delete restrict on update restrict
) engine=InnoDB default charset=utf8mb4;

-- The key is sixteen raw bytes, of which the last ones may be zero. The journey is longer than a day, and negative where clocks were off.
create table shipment (
  id binary(16) not null,
  order_id bigint unsigned not null,
  carrier varchar(30) not null,
  weight_kg float not null,
  journey time default null,
  hand_over datetime(6) default null,
  label mediumtext,
  primary key (id),
  key shipment_order (order_id),
  constraint shipment_order foreign key (order_id) references `order` (id) on delete restrict on update restrict
) engine=InnoDB default charset=utf8mb4;

create table review (
  sku varchar(24) collate utf8mb4_general_ci not null,
  user_id int unsigned not null,
  stars tinyint unsigned not null,
  title varchar(80) not null default '',
  body text,
  helpful int not null default 0,
  posted_on date default null,
  answered_at timestamp null default null,
  primary key (sku, user_id),
  key review_user (user_id),
  constraint review_product foreign key (sku) references product (sku) on delete restrict on update restrict,
  constraint review_user foreign key (user_id) references `user` (id) on delete restrict on update restrict
) engine=InnoDB default charset=utf8mb4;

-- What stands on the front page. No two things stand in one place; who changes places does so by way of places that are none.
create table showcase (
  id mediumint unsigned not null auto_increment,
  place smallint not null,
  sku varchar(24) collate utf8mb4_general_ci not null,
  headline varchar(80) not null default '',
  primary key (id),
  unique key showcase_place (place),
  key showcase_product (sku),
  constraint showcase_product foreign key (sku) references product (sku) on delete restrict on update restrict
) engine=InnoDB default charset=utf8mb4;

-- Readers of the newsletter. Nobody ever asks for the number: a reader is an address, and an address may pass from one to another.
create table subscriber (
  id int unsigned not null auto_increment,
  email varchar(120) collate utf8mb4_unicode_ci not null,
  language char(2) not null default 'de',
  letters smallint unsigned not null default 0,
  since datetime not null default '0000-00-00 00:00:00',
  primary key (id),
  unique key subscriber_email (email)
) engine=InnoDB default charset=utf8mb4;

-- What people looked for, from the year in which nobody thought of a key. Two equal lines are two searches.
create table search (
  day date not null,
  words varchar(80) not null,
  found smallint unsigned default null,
  key search_day (day)
) engine=InnoDB default charset=utf8mb4;

-- The web log. No foreign keys: it outlives those it speaks of.
create table visit (
  id bigint not null auto_increment,
  user_id int unsigned default null,
  at datetime(6) not null,
  ip varbinary(16) not null,
  path varchar(255) not null,
  agent_hash bigint not null,
  milliseconds double not null,
  primary key (id)
) engine=InnoDB default charset=utf8mb4;
