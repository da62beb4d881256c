//! Timestamps of the language: RFC 3339 with an upper-case `T` and `Z` or a numeric offset
//! (States Language, "Timestamps").

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};

/// An instant, in nanoseconds since the epoch. Covers every year that the format can write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(SignedDuration);

impl Timestamp {
    /// The instant that `text` writes; none where it is not in the format, or is no date or
    /// time of day. Digits of the second beyond the ninth are dropped.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.split_once('T')?;
        let at = time.find(['Z', '+', '-'])?;
        let (time, offset) = time.split_at(at);
        let local = DateTime::from_parts(parse_date(date)?, parse_time(time)?);
        let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
        Some(Self(local.duration_since(epoch) - parse_offset(offset)?))
    }

    /// Milliseconds since the epoch, rounded up, so that what waits for the instant is never
    /// early.
    #[must_use]
    pub fn as_epoch_millis(self) -> i64 {
        let nanoseconds = self.0.as_nanos();
        let millis =
            nanoseconds.div_euclid(1_000_000) + i128::from(nanoseconds.rem_euclid(1_000_000) > 0);
        // Four-digit years fit; the other arm is unreachable.
        i64::try_from(millis).unwrap_or(i64::MAX)
    }
}

/// `2016-03-14`
fn parse_date(text: &str) -> Option<Date> {
    let [year, month, day] = digits(text, '-', [4, 2, 2])?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// `01:59:00`, `01:59:00.123`
fn parse_time(text: &str) -> Option<Time> {
    let (time, fraction) = text.split_once('.').map_or((text, None), |(t, f)| (t, Some(f)));
    let [hour, minute, second] = digits(time, ':', [2, 2, 2])?;
    let mut nanosecond = 0;
    if let Some(fraction) = fraction {
        if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        nanosecond = format!("{fraction:0<9.9}").parse().ok()?;
    }
    let part = |value: i16| i8::try_from(value).ok();
    Time::new(part(hour)?, part(minute)?, part(second)?, nanosecond).ok()
}

/// `Z`, `+01:00`, `-05:30`
fn parse_offset(text: &str) -> Option<SignedDuration> {
    if text == "Z" {
        return Some(SignedDuration::ZERO);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let [hours, minutes] = digits(text.get(1..)?, ':', [2, 2])?;
    let within = hours < 24 && minutes < 60;
    within.then(|| SignedDuration::from_mins(sign * (i64::from(hours) * 60 + i64::from(minutes))))
}

/// The numbers of `text`, which must have exactly these widths and `separator` between them.
fn digits<const N: usize>(text: &str, separator: char, widths: [usize; N]) -> Option<[i16; N]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; N];
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts.next()?;
        let plain = part.len() == width && part.bytes().all(|b| b.is_ascii_digit());
        *number = plain.then(|| part.parse().ok())??;
    }
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn the_format_is_taken_strictly() {
        let millis = |text| Timestamp::parse(text).map(Timestamp::as_epoch_millis);
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.0000001Z", 1),
            ("1970-01-01T01:00:00+01:00", 0),
            ("1969-12-31T18:30:00.5-05:30", 500),
            ("2016-08-18T17:33:00Z", 1_471_541_580_000),
            ("2024-02-29T00:00:00.123456789123Z", 1_709_164_800_124),
            ("9999-12-31T23:59:59-23:59", 253_402_387_139_000),
            ("0000-01-01T00:00:00+23:59", -62_167_305_540_000),
        ] {
            assert_eq!(millis(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "T",
            "2016",
            "2016-08-18",
            "2016-08-18 17:33:00Z",
            "2016-08-18t17:33:00Z",
            "2016-08-18T17:33:00",
            "2016-08-18T17:33:00z",
            "2016-08-18T17:33Z",
            "2016-13-18T17:33:00Z",
            "2016-02-30T17:33:00Z",
            "2016-08-18T24:00:00Z",
            "2016-08-18T17:33:60Z",
            "2016-08-18T17:33:00.Z",
            "2016-08-18T17:33:00+24:00",
            "2016-08-18T17:33:00+0100",
            "2016-8-18T17:33:00Z",
            "+016-08-18T17:33:00Z",
            "2016-08-18T17:33:00Z ",
            "2016-08-18T17:33:00é",
            "２016-08-18T17:33:00Z",
        ] {
            assert_eq!(millis(text), None, "{text}");
        }
    }
}
