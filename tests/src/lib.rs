//! End-to-end tests of lb; see `tests/it`.
