//! Parameters of a query string or a form: percent-encoded pairs, read strictly.

use stepwell_api::{ApiError, ErrorCode};

/// Name and value of each parameter in order; no name comes twice.
#[derive(Debug, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Adds what `encoded` holds.
    ///
    /// # Errors
    /// `MalformedQueryString` where it is not well-formed, `InvalidQueryParameter` where a
    /// parameter has no name or comes twice.
    pub(crate) fn read(&mut self, encoded: &[u8]) -> Result<(), ApiError> {
        for piece in encoded.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty()) {
            let equals = piece.iter().position(|byte| *byte == b'=');
            let Some((name, value)) = equals.and_then(|at| piece.split_at_checked(at)) else {
                return Err(malformed("a parameter has no '='"));
            };
            let name = decode(name)?;
            if name.is_empty() {
                return Err(invalid("a parameter has no name".to_owned()));
            }
            if self.get(&name).is_some() {
                return Err(invalid(format!("the parameter {name} comes more than once")));
            }
            self.0.push((name, decode(value.get(1..).unwrap_or_default())?));
        }
        Ok(())
    }

    /// The value of `name`.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    /// Names and values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// `+` is a space, `%` begins the two hexadecimal digits of a byte, the whole is UTF-8.
fn decode(encoded: &[u8]) -> Result<String, ApiError> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => match (hex(rest.next()), hex(rest.next())) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(malformed("a '%' without two hexadecimal digits")),
            },
            byte => *byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| malformed("text that is not UTF-8"))
}

fn hex(digit: Option<&u8>) -> Option<u8> {
    match digit? {
        digit @ b'0'..=b'9' => Some(digit - b'0'),
        digit @ b'a'..=b'f' => Some(digit - b'a' + 10),
        digit @ b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

fn malformed(what: &str) -> ApiError {
    let message = format!("The query string is malformed: {what}");
    ApiError::new(ErrorCode::MalformedQueryString, message)
}

fn invalid(what: String) -> ApiError {
    let message = format!("The query string is invalid: {what}");
    ApiError::new(ErrorCode::InvalidQueryParameter, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(encoded: &str) -> Result<Vec<(String, String)>, ErrorCode> {
        let mut parameters = Parameters::default();
        parameters.read(encoded.as_bytes()).map_err(|error| error.code())?;
        Ok(parameters.0)
    }

    #[test]
    fn names_and_values_are_decoded() {
        let found = read("a=b+c%3D%c3%A4&&d=&e=f=g&").unwrap();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(found, [pair("a", "b c=ä"), pair("d", ""), pair("e", "f=g")]);
        assert_eq!(read(""), Ok(vec![]));
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for encoded in ["a=%", "a=%4", "a=%zz", "a=%ff", "a", "a=b&c"] {
            assert_eq!(read(encoded), Err(ErrorCode::MalformedQueryString), "{encoded}");
        }
        for encoded in ["=b", "a=1&a=1", "a=1&%61=2"] {
            let expected = Err(ErrorCode::InvalidQueryParameter);
            assert_eq!(read(encoded), expected, "{encoded}");
        }
    }
}
