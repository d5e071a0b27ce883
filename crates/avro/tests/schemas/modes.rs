//! The seven modes, by the table of changes.

use huntsman_avro::compat::{Conflict, Mode, check};

use crate::rows::{read, record};

/// For a change from old to new: whether the new reads the old, and the old the new.
#[track_caller]
fn evolves(old: &str, new: &str, backward: bool, forward: bool) {
    let (old, new) = (read(old), read(new));
    let older = [old];
    let allowed = |mode| check(mode, &new, &older).is_ok();
    assert!(allowed(Mode::None));
    assert_eq!(allowed(Mode::Backward), backward, "backward");
    assert_eq!(allowed(Mode::Forward), forward, "forward");
    assert_eq!(allowed(Mode::Full), backward && forward, "full");
    assert_eq!(allowed(Mode::BackwardTransitive), backward);
    assert_eq!(allowed(Mode::ForwardTransitive), forward);
    assert_eq!(allowed(Mode::FullTransitive), backward && forward);
}

#[test]
fn the_table_of_changes() {
    let a = r#"{"name": "a", "type": "int"}"#;
    let kept = |more: &str| record(&format!("{a}, {more}"));
    let with_default = kept(r#"{"name": "b", "type": "int", "default": 1}"#);
    let without = kept(r#"{"name": "b", "type": "int"}"#);
    evolves(&record(a), &with_default, true, true);
    evolves(&record(a), &without, false, true);
    evolves(&with_default, &record(a), true, true);
    evolves(&without, &record(a), true, false);
    let renamed = record(r#"{"name": "z", "type": "int", "aliases": ["a"]}"#);
    evolves(&record(a), &renamed, true, false);
    let long = record(r#"{"name": "a", "type": "long"}"#);
    evolves(&record(a), &long, true, false);
    evolves(&long, &record(a), false, true);
    let (narrow, wide) = (
        record(r#"{"name": "a", "type": ["null", "int"]}"#),
        record(r#"{"name": "a", "type": ["null", "int", "string"]}"#),
    );
    evolves(&narrow, &wide, true, false);
    evolves(&wide, &narrow, false, true);
    let kind = |symbols: &str, default: &str| {
        format!(r#"{{"type": "enum", "name": "E", "symbols": [{symbols}]{default}}}"#)
    };
    evolves(&kind("\"A\"", ""), &kind("\"A\", \"B\"", ""), true, false);
    let default = r#", "default": "A""#;
    evolves(
        &kind("\"A\"", default),
        &kind("\"A\", \"B\"", default),
        true,
        true,
    );
    let other = kept(r#"{"name": "b", "type": "int", "default": 2}"#);
    evolves(&with_default, &other, true, true);
}

#[test]
fn transitive_modes_look_at_all_versions() {
    let versions = [
        read(&record(r#"{"name": "a", "type": "string"}"#)),
        read(&record("")),
    ];
    let new = read(&record(r#"{"name": "a", "type": "int", "default": 0}"#));
    assert_eq!(check(Mode::Backward, &new, &versions), Ok(()));
    assert_eq!(check(Mode::Full, &new, &versions), Ok(()));
    assert_eq!(check(Mode::Full, &new, &[]), Ok(()));
    let told = |mode| -> Vec<String> {
        let conflicts = check(mode, &new, &versions).unwrap_err();
        assert!(conflicts.iter().all(|Conflict { older, .. }| *older == 0));
        conflicts.iter().map(ToString::to_string).collect()
    };
    let backward = "the new schema cannot read data of version 1: /fields/0/type: field `a`: int does not read string";
    let forward = "version 1 cannot read data of the new schema: /fields/0/type: field `a`: string does not read int";
    assert_eq!(told(Mode::BackwardTransitive), [backward]);
    assert_eq!(told(Mode::ForwardTransitive), [forward]);
    assert_eq!(told(Mode::FullTransitive), [backward, forward]);
}

#[test]
fn modes_have_the_names_that_registries_use() {
    let names = [
        "NONE",
        "BACKWARD",
        "BACKWARD_TRANSITIVE",
        "FORWARD",
        "FORWARD_TRANSITIVE",
        "FULL",
        "FULL_TRANSITIVE",
    ];
    for name in names {
        let mode: Mode = name.parse().unwrap();
        assert_eq!(mode.to_string(), name);
        let plain = name.to_lowercase().replace('_', "-");
        assert_eq!(plain.parse(), Ok(mode));
    }
    let error = "FOWARD".parse::<Mode>().unwrap_err();
    assert_eq!(error.nearest, "FORWARD");
    assert_eq!("".parse::<Mode>().unwrap_err().name, "");
}
