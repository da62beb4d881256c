//! JSONata, as the Amazon States Language uses it.
