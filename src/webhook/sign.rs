//! Secrets and signatures.
//!
//! Source: Standard Webhooks 1.0, "Signature scheme": HMAC-SHA256 of `id.timestamp.body` under the bytes behind `whsec_`, in Base64 behind `v1,`;
//! several with spaces between them while a secret is changed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::id::random_bytes;

/// What a secret begins with.
const PREFIX: &str = "whsec_";

/// A fresh secret of 256 bits.
pub(super) fn new_secret() -> String {
    format!("{PREFIX}{}", STANDARD.encode(random_bytes::<32>()))
}

/// The value of `webhook-signature`: one signature for each secret, the first secret's first. A secret that is none signs nothing.
#[must_use]
pub fn signatures(secrets: &[String], id: &str, timestamp_s: i64, body: &str) -> String {
    let signed: Vec<String> = secrets
        .iter()
        .filter_map(|secret| signature(secret, id, timestamp_s, body))
        .collect();
    signed.join(" ")
}

fn signature(secret: &str, id: &str, timestamp_s: i64, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp_s}.").as_bytes());
    mac.update(body.as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_specification() {
        // Source: the example that the reference libraries of Standard Webhooks test themselves with.
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned();
        let body = r#"{"test": 2432232314}"#;
        let signed = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        assert_eq!(
            signatures(std::slice::from_ref(&secret), id, 1_614_265_330, body),
            signed
        );
        let both = signatures(
            &[new_secret(), secret, "none".to_owned()],
            id,
            1_614_265_330,
            body,
        );
        assert_eq!(both.split(' ').count(), 2);
        assert!(both.ends_with(&format!(" {signed}")), "{both}");
    }

    #[test]
    fn a_new_secret_has_256_bits_and_is_another_each_time() {
        let secret = new_secret();
        let bytes = STANDARD.decode(secret.trim_start_matches(PREFIX));
        assert_eq!(bytes.map(|bytes| bytes.len()), Ok(32));
        assert_ne!(secret, new_secret());
    }
}
