//! What Photo Mechanic would put into XMP, for demonstration and test originals. Public files get theirs in `packet`.

use super::{Embedded, date::Date, xmp_tree::Ns, xmp_writer::XmpWriter};

/// The packet; `None` when there is nothing to say.
pub(super) fn packet(what: &Embedded) -> Option<String> {
    let date = what.date_time_original.as_deref().and_then(Date::parse);
    let date = date.map(|date| date.with_exif_details(None, what.offset.as_deref()).iso());
    let mut xmp = XmpWriter::default();
    for (ns, local, value) in [
        (Ns::Photoshop, "Headline", &what.headline),
        (Ns::Photoshop, "Credit", &what.credit),
        (Ns::Photoshop, "City", &what.city),
        (Ns::Photoshop, "Country", &what.country),
        (Ns::IptcCore, "CountryCode", &what.country_code),
        (Ns::Photoshop, "DateCreated", &date),
    ] {
        xmp.simple(ns, local, value.as_deref());
    }
    xmp.text(Ns::Dc, "description", what.caption.as_deref());
    xmp.list(Ns::Dc, "creator", what.creator.as_slice());
    xmp.text(Ns::Dc, "rights", what.copyright.as_deref());
    xmp.text(Ns::IptcCore, "AltTextAccessibility", what.alt.as_deref());
    xmp.finish()
}
