//! `$partition` and `$range`.

use super::{Arguments, Outcome, failed, integer};
use crate::limits::Limits;
use serde_json::Value as Json;

/// Arrays longer than this are refused before they are built: no limit lets them through.
const MAX_ITEMS: f64 = 10_000_000.0;

/// `$partition(array, size)`: the array in chunks of `size`, the last one as long as is left.
pub(super) fn partition(arguments: Arguments<'_>) -> Outcome {
    let (Some(Some(Json::Array(items))), Some(size)) = (arguments.first(), integer(arguments, 1))
    else {
        return Ok(None);
    };
    if size < 1.0 {
        return Err(failed("The size of function partition must be a positive integer"));
    }
    // Sizes beyond any array are as good as its length.
    let size = size.min(MAX_ITEMS) as usize;
    Ok(Some(items.chunks(size).map(|chunk| Json::from(chunk.to_vec())).collect()))
}

/// `$range(first, last, step)`: from `first` by `step`, up or down, as long as `last` is not
/// passed. A sequence, so that one number stands alone (recorded).
pub(super) fn range(arguments: Arguments<'_>) -> Outcome {
    let (Some(first), Some(last), Some(step)) =
        (integer(arguments, 0), integer(arguments, 1), integer(arguments, 2))
    else {
        return Ok(None);
    };
    if step == 0.0 {
        return Err(failed("The step of function range must not be zero"));
    }
    let steps = ((last - first) / step).floor();
    if steps < 0.0 {
        return Ok(Some(Json::Array(Vec::new())));
    }
    if steps >= Limits::default().array_items.max(1) as f64 * 10.0 {
        return Err(failed(format!("The range of {} items is too long", steps + 1.0)));
    }
    if steps < 1.0 {
        return Ok(Some(whole(first)));
    }
    Ok(Some((0..=steps as i64).map(|index| whole(first + index as f64 * step)).collect()))
}

fn whole(value: f64) -> Json {
    if value.abs() <= 9_007_199_254_740_992.0 {
        Json::from(value as i64)
    } else {
        Json::from(value)
    }
}
