//! `$hash`.

use super::{Arguments, Outcome, failed, text};
use sha2::Digest;
use std::fmt::Write as _;

/// `$hash(text, algorithm)`: the digest of the text's UTF-8, in lower-case hexadecimal.
pub(super) fn hash(arguments: Arguments<'_>) -> Outcome {
    let (Some(content), Some(algorithm)) = (text(arguments, 0), text(arguments, 1)) else {
        return Ok(None);
    };
    let content = content.as_bytes();
    let digest = match algorithm {
        "MD5" => hexadecimal(&md5::Md5::digest(content)),
        "SHA-1" => hexadecimal(&sha1::Sha1::digest(content)),
        "SHA-256" => hexadecimal(&sha2::Sha256::digest(content)),
        "SHA-384" => hexadecimal(&sha2::Sha384::digest(content)),
        "SHA-512" => hexadecimal(&sha2::Sha512::digest(content)),
        _ => {
            return Err(failed(format!(
                "The algorithm '{algorithm}' of function hash is none of MD5, SHA-1, SHA-256, SHA-384, SHA-512"
            )));
        }
    };
    Ok(Some(digest.into()))
}

fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().fold(String::with_capacity(digest.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
