//! How values are stored in columns: times, words, fingerprints and lists.

use std::str::FromStr;

use nepho_core::{Failure, Timestamp, UnknownVariant, fingerprint::Fingerprint};
use rusqlite::{Row, RowIndex};
use serde::{Serialize, de::DeserializeOwned};

use crate::error::Fault;

/// A moment as nanoseconds since 1970: years 1677 to 2262; a moment beyond becomes the nearest.
pub(crate) fn nanos(time: Timestamp) -> i64 {
    let nanos = time.as_nanosecond();
    i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })
}

/// The moment of a stored number.
pub(crate) fn time(nanos: i64) -> Result<Timestamp, Fault> {
    Timestamp::from_nanosecond(i128::from(nanos)).map_err(|error| Fault::unreadable("time", error))
}

/// The moment in a column that may be empty.
pub(crate) fn optional_time(row: &Row<'_>, column: impl RowIndex) -> Result<Option<Timestamp>, Fault> {
    row.get::<_, Option<i64>>(column)?.map(time).transpose()
}

/// The alternative whose word is in the column.
pub(crate) fn word<T: FromStr<Err = UnknownVariant>>(row: &Row<'_>, column: impl RowIndex) -> Result<T, Fault> {
    let text = row.get_ref(column)?.as_str().map_err(|error| Fault::unreadable("word", error))?;
    text.parse().map_err(|error: UnknownVariant| Fault::unreadable(error.what, error))
}

/// A fingerprint as SQLite's signed number.
pub(crate) fn signed(fingerprint: Fingerprint) -> i64 {
    fingerprint.0.cast_signed()
}

/// A stored fingerprint.
pub(crate) fn fingerprint(stored: i64) -> Fingerprint {
    Fingerprint(stored.cast_unsigned())
}

/// A count or number that is never negative.
pub(crate) fn count(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}

/// A count as SQLite's signed number.
pub(crate) fn signed_count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The failure in two columns, if there is one.
pub(crate) fn failure(row: &Row<'_>) -> Result<Option<Failure>, Fault> {
    let Some(message) = row.get("failure_message")? else { return Ok(None) };
    Ok(Some(Failure { code: word(row, "failure_code")?, message }))
}

/// A list or a map as JSON; `None` when it holds nothing.
pub(crate) fn json<T: Serialize + Default + PartialEq>(value: &T) -> Result<Option<String>, Fault> {
    if *value == T::default() {
        return Ok(None);
    }
    serde_json::to_string(value).map(Some).map_err(|error| Fault::unreadable("list", error))
}

/// The list or the map in a column; empty when the column is.
pub(crate) fn from_json<T: DeserializeOwned + Default>(row: &Row<'_>, column: impl RowIndex) -> Result<T, Fault> {
    let text = row.get_ref(column)?.as_str_or_null().map_err(|error| Fault::unreadable("list", error))?;
    let Some(text) = text else { return Ok(T::default()) };
    serde_json::from_str(text).map_err(|error| Fault::unreadable("list", error))
}
