//! What cannot be an item is refused with a message that says what to do.

#[test]
fn refusals() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
