//! Column formats: times, enum names, fingerprints and lists.

use std::str::FromStr;

use nepho_core::{Failure, Timestamp, UnknownVariant, fingerprint::Fingerprint};
use rusqlite::{Row, RowIndex};
use serde::{Serialize, de::DeserializeOwned};

use crate::error::Fault;

/// Converts a time to nanoseconds since 1970. Covers the years 1677 to 2262; other times become the
/// nearest of these.
pub(crate) fn nanos(time: Timestamp) -> i64 {
    let nanos = time.as_nanosecond();
    i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })
}

/// Converts a stored number to a time.
pub(crate) fn time(nanos: i64) -> Result<Timestamp, Fault> {
    Timestamp::from_nanosecond(i128::from(nanos)).map_err(|error| Fault::unreadable("time", error))
}

/// Returns the time in a nullable column.
pub(crate) fn optional_time(row: &Row<'_>, column: impl RowIndex) -> Result<Option<Timestamp>, Fault> {
    row.get::<_, Option<i64>>(column)?.map(time).transpose()
}

/// Returns the enum variant whose name is in the column.
pub(crate) fn word<T: FromStr<Err = UnknownVariant>>(row: &Row<'_>, column: impl RowIndex) -> Result<T, Fault> {
    let text = row.get_ref(column)?.as_str().map_err(|error| Fault::unreadable("word", error))?;
    text.parse().map_err(|error: UnknownVariant| Fault::unreadable(error.what, error))
}

/// Converts a fingerprint to SQLite's signed number.
pub(crate) fn signed(fingerprint: Fingerprint) -> i64 {
    fingerprint.0.cast_signed()
}

/// Converts a stored number to a fingerprint.
pub(crate) fn fingerprint(stored: i64) -> Fingerprint {
    Fingerprint(stored.cast_unsigned())
}

/// Converts a stored number to a count, which is never negative.
pub(crate) fn count(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}

/// Converts a count to SQLite's signed number.
pub(crate) fn signed_count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Returns the failure in two columns, if there is one.
pub(crate) fn failure(row: &Row<'_>) -> Result<Option<Failure>, Fault> {
    let Some(message) = row.get("failure_message")? else { return Ok(None) };
    Ok(Some(Failure { code: word(row, "failure_code")?, message }))
}

/// Returns a list or a map as JSON; `None` if it is empty.
pub(crate) fn json<T: Serialize + Default + PartialEq>(value: &T) -> Result<Option<String>, Fault> {
    if *value == T::default() {
        return Ok(None);
    }
    serde_json::to_string(value).map(Some).map_err(|error| Fault::unreadable("list", error))
}

/// Returns the list or map in a column; empty if the column is NULL.
pub(crate) fn from_json<T: DeserializeOwned + Default>(row: &Row<'_>, column: impl RowIndex) -> Result<T, Fault> {
    let text = row.get_ref(column)?.as_str_or_null().map_err(|error| Fault::unreadable("list", error))?;
    let Some(text) = text else { return Ok(T::default()) };
    serde_json::from_str(text).map_err(|error| Fault::unreadable("list", error))
}
