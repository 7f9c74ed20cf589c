//! References to dependency order.
