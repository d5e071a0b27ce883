//! End-to-end tests and the house rules
