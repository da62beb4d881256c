//! The storage port over Redis.
