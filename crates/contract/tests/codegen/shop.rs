//! Made from shop.avsc, for the record `com.example.shop_item`. What is changed here is lost when
//! it is made anew.

use std::collections::BTreeMap;

use huntsman::prelude::*;

/// One item of a shop.
///
/// With two paragraphs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Item)]
#[item(namespace = "com.example", name = "shop_item", alias = "Article")]
#[item(alias = "org.old.Article")]
#[item(attribute("owner" = {"team": "crawl", "since": 2026.5, "tags": ["a", "b\u{1}\"c"]}))]
#[item(rule(name = "cheap", expr = "this.price < 1000.0 || this.title != 'x'"))]
#[item(rule(name = "named", doc = "Why.", expr = "size(this.title) > 0"))]
pub struct ShopItem {
    /// As it stands on the page.
    #[item(min_length = 1, max_length = 200, pattern = "^[^\\s].*\"?$", unique)]
    pub title: String,
    #[serde(rename = "firstSeen")]
    #[item(logical = "timestamp-micros")]
    pub first_seen: String,
    #[serde(alias = "kind", alias = "sort", default = "ShopItem::default_type")]
    #[item(one_of = ["new", "used"], default = "new")]
    pub r#type: String,
    #[serde(rename = "self", default = "ShopItem::default_field_self")]
    #[item(default = true)]
    pub field_self: bool,
    #[serde(rename = "HTTPStatus2", default)]
    #[item(minimum = 100, maximum = 599, default = 0)]
    pub http_status2: i32,
    #[serde(default = "ShopItem::default_price")]
    #[item(exclusive_minimum = 0, exclusive_maximum = 1000000000.0, default = 1.5)]
    pub price: f64,
    #[serde(default = "ShopItem::default_ratio")]
    #[item(multiple_of = 0.1, default = 0.1)]
    pub ratio: f32,
    #[item(minimum = -5, maximum = 9007199254740993)]
    pub count: Option<i64>,
    #[serde(default = "ShopItem::default_note")]
    #[item(format = "uri", default = "http://x/")]
    pub note: Option<String>,
    #[item(min_length = 2)]
    pub open: Option<String>,
    #[item(logical = "date")]
    pub when: Option<String>,
    #[item(logical = "decimal", precision = 10, scale = 2, default = "\0")]
    pub sum: String,
    #[item(logical = "uuid")]
    pub id: String,
    #[item(max_length = 1000, default = "ÿ")]
    pub raw: huntsman::core::Bytes,
    #[item(fixed = "Md5", size = 16)]
    pub digest: huntsman::core::Bytes,
    #[serde(default)]
    #[item(each(fixed = "Md5", size = 16), default = [])]
    pub digests: Vec<huntsman::core::Bytes>,
    #[serde(default = "ShopItem::default_plan")]
    #[item(default = "paid_yearly")]
    pub plan: Plan,
    #[serde(default)]
    #[item(min_properties = 1, max_properties = 5, default = {})]
    pub plans: BTreeMap<String, Option<Plan>>,
    #[item(min_items = 1, each(min_length = 1, format = "email"), unique_items)]
    #[item(max_items = 9)]
    pub tags: Vec<String>,
    #[item(each(max_items = 3, each(minimum = 0)))]
    pub matrix: Vec<Vec<Option<i32>>>,
    #[item(each(each(logical = "time-millis")))]
    pub times: BTreeMap<String, Vec<String>>,
    pub address: Address,
    #[item(min_items = 1)]
    pub addresses: Vec<Address>,
    #[item(min_length = 3)]
    pub value: Option<ShopItemValue>,
    #[item(attribute("pii" = true))]
    #[item(attribute("confluent:rules" = [{"name": "r", "expr": "this > 1"}]))]
    #[item(attribute("order" = "descending"))]
    pub rank: i32,
    pub a_field_of_a_name_that_is_so_long_that_its_line_is_longer_than_lines_may_be:
        BTreeMap<String, Vec<Address>>,
    #[serde(default = "ShopItem::default_long")]
    #[item(
        pattern = "a pattern that is so long that its attribute is on three lines of its own, so it is"
    )]
    #[item(
        default = "a default that is as long as the pattern is, and has a \\ and a \" and a line's\nend within it, so it needs care"
    )]
    pub long: String,
}

impl ShopItem {
    fn default_type() -> String {
        "new".to_owned()
    }

    fn default_field_self() -> bool {
        true
    }

    fn default_price() -> f64 {
        1.5
    }

    fn default_ratio() -> f32 {
        0.1
    }

    fn default_note() -> Option<String> {
        Some("http://x/".to_owned())
    }

    fn default_plan() -> Plan {
        Plan::PaidYearly
    }

    fn default_long() -> String {
        "a default that is as long as the pattern is, and has a \\ and a \" and a line's\nend within it, so it needs care".to_owned()
    }
}

/// What is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, FieldType)]
pub enum Plan {
    #[serde(rename = "FREE")]
    #[item(default)]
    Free,
    #[serde(rename = "paid_yearly")]
    PaidYearly,
    X1,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Item)]
#[item(namespace = "com.example")]
pub struct Address {
    #[item(min_length = 4)]
    pub zip: String,
    #[serde(rename = "Lines")]
    pub lines: Vec<String>,
    pub default: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, FieldType)]
#[serde(untagged)]
pub enum ShopItemValue2 {
    Boolean(bool),
    Text(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, FieldType)]
#[serde(untagged)]
pub enum ShopItemValue {
    Long(i64),
    Double(f64),
    Text(String),
    List(#[item(each(fixed = "Md5", size = 16))] Vec<huntsman::core::Bytes>),
    Map(BTreeMap<String, ShopItemValue2>),
    Address(Address),
    Plan(Plan),
    Sha1(#[item(fixed = "Sha1", size = 20)] huntsman::core::Bytes),
}
