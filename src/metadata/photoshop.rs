//! Photoshop's image resources (APP13 in JPEG, tag 34377 in TIFF): finds the IIM block and the digest that tells whether XMP knew it.
//!
//! Everything else in there (thumbnails, paths, slices) is stepped over. Source: Adobe Photoshop File Formats Specification, "Image
//! Resource Blocks".

/// The IIM block.
const IIM: u16 = 0x0404;
/// MD5 of the IIM block as it was when XMP was last brought in line with it.
const IIM_DIGEST: u16 = 0x0425;
/// A resource block of Photoshop starts with one of these; the last four are other programs' (`ImageReady`, `PhotoDeluxe`, …).
const SIGNATURES: [&[u8; 4]; 5] = [b"8BIM", b"MeSa", b"AgHg", b"PHUT", b"DCSR"];

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Resources<'a> {
    /// The IIM block, if any.
    pub(super) iim: Option<&'a [u8]>,
    /// The digest of the IIM block that XMP agrees with, if any.
    pub(super) digest: Option<[u8; 16]>,
    /// Whether the resources ended early or held bytes that are none.
    pub(super) is_damaged: bool,
}

/// Reads the joined resources.
pub(super) fn parse(bytes: &[u8]) -> Resources<'_> {
    let mut found = Resources::default();
    let mut rest = bytes;
    while !rest.iter().all(|&byte| byte == 0) {
        let Some((id, value, after)) = next(rest) else {
            found.is_damaged = true;
            // Not a resource: the next signature may be one.
            let next = rest.windows(4).skip(1).position(|window| window == b"8BIM");
            let Some(from_there) = next.and_then(|at| rest.get(at.saturating_add(1)..)) else {
                break;
            };
            rest = from_there;
            continue;
        };
        if value.is_truncated {
            found.is_damaged = true;
        }
        match id {
            IIM if found.iim.is_none_or(<[u8]>::is_empty) => found.iim = Some(value.bytes),
            IIM_DIGEST if found.digest.is_none() => found.digest = value.bytes.try_into().ok(),
            _ => {}
        }
        rest = after;
    }
    found
}

struct Value<'a> {
    bytes: &'a [u8],
    is_truncated: bool,
}

/// Takes one resource: signature, id, name (Pascal string padded to even), length, bytes (padded to even).
fn next(bytes: &[u8]) -> Option<(u16, Value<'_>, &[u8])> {
    let (signature, rest) = bytes.split_first_chunk::<4>()?;
    if !SIGNATURES.contains(&signature) {
        return None;
    }
    let (id, rest) = rest.split_first_chunk::<2>()?;
    let name_length = usize::from(*rest.first()?);
    // The length byte counts in the padding: 0 takes two bytes, 1 two, 2 four.
    let name_takes = name_length.checked_add(2)? & !1;
    let (length, rest) = rest.get(name_takes..)?.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let value = rest.get(..length).map_or(
        Value {
            bytes: rest,
            is_truncated: true,
        },
        |bytes| Value {
            bytes,
            is_truncated: false,
        },
    );
    let after = rest.get(value.bytes.len()..).unwrap_or_default();
    // Some programs forget the padding byte; then the next signature stands right here.
    let is_padded = length % 2 == 1 && !SIGNATURES.iter().any(|signature| after.starts_with(*signature));
    Some((
        u16::from_be_bytes(*id),
        value,
        after.get(usize::from(is_padded)..).unwrap_or_default(),
    ))
}

/// Writes one resource without a name.
pub(super) fn resource(id: u16, value: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = b"8BIM".to_vec();
    bytes.extend(id.to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(u32::try_from(value.len()).ok()?.to_be_bytes());
    bytes.extend(value);
    if value.len() % 2 == 1 {
        bytes.push(0);
    }
    Some(bytes)
}

/// Writes an IIM block with the digest that says XMP agrees with it.
pub(super) fn with_iim(block: &[u8]) -> Option<Vec<u8>> {
    let digest = md5(block);
    Some([resource(IIM, block)?, resource(IIM_DIGEST, &digest)?].concat())
}

/// MD5, which Adobe chose for this digest; it protects nothing here.
pub(super) fn md5(bytes: &[u8]) -> [u8; 16] {
    use md5::Digest as _;
    md5::Md5::digest(bytes).into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
mod tests {
    use super::*;

    #[test]
    fn the_iim_block_is_found_among_other_resources() {
        let bytes = [
            resource(0x03ed, b"odd").unwrap(),
            b"MeSa\x04\x0f\x03abc\0\0\0\x01x\0".to_vec(),
            with_iim(b"the block").unwrap(),
            vec![0; 7],
        ]
        .concat();
        let found = parse(&bytes);
        assert_eq!(found.iim, Some(&b"the block"[..]));
        assert_eq!(found.digest, Some(md5(b"the block")));
        assert!(!found.is_damaged);
    }

    #[test]
    fn a_forgotten_padding_byte_does_no_harm() {
        let mut odd = resource(0x03ed, b"odd").unwrap();
        odd.pop();
        let bytes = [odd, resource(IIM, b"the block").unwrap()].concat();
        assert_eq!(parse(&bytes).iim, Some(&b"the block"[..]));
    }

    #[test]
    fn a_block_that_ends_early_is_given_as_far_as_it_goes() {
        let mut bytes = resource(IIM, b"the block").unwrap();
        bytes.truncate(bytes.len() - 5);
        assert_eq!(
            parse(&bytes),
            Resources {
                iim: Some(b"the b"),
                digest: None,
                is_damaged: true
            }
        );
    }

    #[test]
    fn after_rubbish_the_next_resource_is_found() {
        let bytes = [b"rubbish".to_vec(), resource(IIM, b"the block").unwrap()].concat();
        let found = parse(&bytes);
        assert_eq!(found.iim, Some(&b"the block"[..]));
        assert!(found.is_damaged);
    }
}
