//! Fixes for mistakes whose diagnostics bring none.

use super::Acc;
use super::context::Ctx;

/// Offers what mends the mistakes at the selection.
pub(crate) fn quick(_ctx: &Ctx<'_>, _acc: &mut Acc<'_>) {}
