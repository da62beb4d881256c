//! Who calls: account and region, from the credential scope of the request.

use crate::parameters::Parameters;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use stepwell_api::DEFAULT_REGION;
use stepwell_ids::Namespace;

/// The namespace of a request. Signatures are not checked, so that nothing here can fail: what a
/// credential does not tell comes from the defaults.
pub(crate) fn namespace(
    headers: &HeaderMap,
    parameters: &Parameters,
    default_account: &str,
) -> Namespace {
    let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let credential = authorization
        .and_then(credential_of_header)
        .or_else(|| parameters.get("X-Amz-Credential"))
        .unwrap_or_default();
    let (account, region) = split(credential);
    Namespace {
        account: account.unwrap_or(default_account).to_owned(),
        region: region.unwrap_or(DEFAULT_REGION).to_owned(),
    }
}

/// What stands behind `Credential=`.
fn credential_of_header(authorization: &str) -> Option<&str> {
    let (_, rest) = authorization.split_once("Credential=")?;
    rest.split([',', ' ']).next()
}

/// Account and region of `access-key-id/date/region/service/aws4_request`.
fn split(credential: &str) -> (Option<&str>, Option<&str>) {
    let mut parts = credential.split('/');
    let account =
        parts.next().filter(|key| key.len() == 12 && key.bytes().all(|byte| byte.is_ascii_digit()));
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let region =
        parts.nth(1).filter(|region| (1..=64).contains(&region.len()) && region.bytes().all(legal));
    (account, region)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn read(authorization: &str, query: &str) -> (String, String) {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_str(authorization).unwrap());
        let mut parameters = Parameters::default();
        parameters.read(query.as_bytes()).unwrap();
        let found = namespace(&headers, &parameters, "000000000000");
        (found.account, found.region)
    }

    #[test]
    fn the_credential_scope_names_the_region_and_perhaps_the_account() {
        let scope = "20261124/eu-west-1/states/aws4_request";
        let pair = |account: &str, region: &str| (account.to_owned(), region.to_owned());
        let header = |key: &str| {
            format!("AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders=host, Signature=0")
        };
        assert_eq!(read(&header("123456789012"), ""), pair("123456789012", "eu-west-1"));
        assert_eq!(read(&header("AKIDEXAMPLE"), ""), pair("000000000000", "eu-west-1"));
        let query = format!("X-Amz-Credential=123456789012/{scope}");
        assert_eq!(read("Bearer x", &query), pair("123456789012", "eu-west-1"));
    }

    #[test]
    fn a_malformed_header_does_not_matter() {
        let defaults = ("000000000000".to_owned(), "us-east-1".to_owned());
        for text in ["", "Credential=", "Credential=a", "Credential=a/b/../c", "Credential=////"] {
            assert_eq!(read(text, ""), defaults, "{text}");
        }
    }
}
