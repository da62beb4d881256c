//! The caller's namespace, carried as gRPC metadata.

use crate::{ApiError, ErrorCode};
use stepwell_ids::Namespace;
use tonic::metadata::{MetadataMap, MetadataValue};

const ACCOUNT: &str = "stepwell-account";
const REGION: &str = "stepwell-region";

/// The account of a caller that names none, unless the installation has another.
pub const DEFAULT_ACCOUNT: &str = "000000000000";

/// The region of a caller that names none.
pub const DEFAULT_REGION: &str = "us-east-1";

/// Reads and writes the namespace of a call.
pub trait NamespaceMetadata: Sized {
    /// The namespace that a call names; what it leaves out comes from `default`.
    ///
    /// # Errors
    /// `ValidationException` where the account is not 12 digits, or the region not 1 to 64 lower
    /// case letters, digits and hyphens.
    fn from_metadata(metadata: &MetadataMap, default: &Self) -> Result<Self, ApiError>;

    /// `message` as a call in this namespace.
    fn request<T>(&self, message: T) -> tonic::Request<T>;
}

impl NamespaceMetadata for Namespace {
    fn from_metadata(metadata: &MetadataMap, default: &Self) -> Result<Self, ApiError> {
        let read = |key, otherwise: &String| match metadata.get(key) {
            Some(value) => value.to_str().unwrap_or_default().to_owned(),
            None => otherwise.clone(),
        };
        let account = read(ACCOUNT, &default.account);
        if account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()) {
            return Err(invalid(ACCOUNT, "12 digits"));
        }
        let region = read(REGION, &default.region);
        let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !(1..=64).contains(&region.len()) || !region.bytes().all(legal) {
            return Err(invalid(REGION, "1 to 64 lower case letters, digits and hyphens"));
        }
        Ok(Self { account, region })
    }

    fn request<T>(&self, message: T) -> tonic::Request<T> {
        let mut request = tonic::Request::new(message);
        for (key, text) in [(ACCOUNT, &self.account), (REGION, &self.region)] {
            // A namespace is ASCII; what a caller built otherwise falls back to the default.
            if let Ok(value) = MetadataValue::try_from(text.as_str()) {
                request.metadata_mut().insert(key, value);
            }
        }
        request
    }
}

fn invalid(key: &str, expected: &str) -> ApiError {
    ApiError::new(ErrorCode::ValidationException, format!("metadata {key} must be {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_call_leaves_out_comes_from_the_default_and_the_rest_is_checked() {
        let default = Namespace { account: DEFAULT_ACCOUNT.into(), region: DEFAULT_REGION.into() };
        let named = Namespace { account: "123456789012".into(), region: "eu-west-1".into() };
        let request = named.request(());
        assert_eq!(Namespace::from_metadata(request.metadata(), &default), Ok(named));
        let mut metadata = MetadataMap::new();
        assert_eq!(Namespace::from_metadata(&metadata, &default).as_ref(), Ok(&default));
        metadata.insert(ACCOUNT, MetadataValue::from_static("12"));
        let refused = Namespace::from_metadata(&metadata, &default).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::ValidationException);
    }
}
