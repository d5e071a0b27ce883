//! How many fields have a value, nested ones too.

use huntsman_core::Contract as _;
use serde_json::json;

use crate::held;

#[test]
fn coverage_counts_items_with_a_value_at_each_path() {
    let schema = json!({"type": "record", "name": "Shop", "fields": [
        {"name": "name", "type": "string"},
        {"name": "note", "type": ["null", "string"], "default": null},
        {"name": "count", "type": "int", "default": 0},
        {"name": "address", "type": ["null", {"type": "record", "name": "Address", "fields": [
            {"name": "city", "type": ["null", "string"], "default": null}]}], "default": null},
        {"name": "goods", "type": {"type": "array", "items": {"type": "record", "name": "Good", "fields": [
            {"name": "price", "type": ["null", "double"], "default": null}]}}, "default": []},
        {"name": "scores", "type": {"type": "map", "values": "int"}, "default": {}}
    ]});
    let held = held(&schema, json!({}));
    for item in [
        json!({"name": "a", "note": "x", "count": 0, "address": {"city": "Rome"},
               "goods": [{"price": null}, {"price": 1.5}], "scores": {"k": 1}}),
        json!({"name": "", "note": null, "address": {"city": null}, "goods": [{}], "scores": {}}),
        json!({"name": "c", "address": null, "goods": []}),
        // Rejected items count too: a selector that broke shows.
        json!({"name": 4}),
    ] {
        held.judge(item);
    }
    let coverage = &held.contract.findings().coverage["Shop"];
    assert_eq!(coverage.items, 4);
    let fields: Vec<_> = coverage
        .fields
        .iter()
        .map(|(path, n)| (path.as_str(), *n))
        .collect();
    assert_eq!(
        fields,
        [
            ("address", 2),
            ("address.city", 1),
            ("count", 1),
            ("goods", 2),
            ("goods.price", 1),
            ("name", 3),
            ("note", 1),
            ("scores", 1),
        ]
    );
}
