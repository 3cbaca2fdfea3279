//! Names of countries in Dutch and English, for place lines drafted in the story's language: “Irak” or “Iraq”.
//!
//! The codes are those of ISO 3166-1, with `XK`/`XKX` for Kosovo, which has none there. The names are those of Unicode CLDR 48.2
//! (npm package `cldr-localenames-full`), changed by hand where newspapers print another: “Turkey”, “Hongkong”, “DR Congo”. This is
//! no list of recognised states, of official names or of every name a country goes by; a name says nothing about whose a place is.

/// Two-letter code, three-letter code, English name, Dutch name; in the order of the two-letter codes.
#[rustfmt::skip]
static COUNTRIES: [(&str, &str, &str, &str); 250] = [
    ("AD", "AND", "Andorra", "Andorra"),
    ("AE", "ARE", "United Arab Emirates", "Verenigde Arabische Emiraten"),
    ("AF", "AFG", "Afghanistan", "Afghanistan"),
    ("AG", "ATG", "Antigua and Barbuda", "Antigua en Barbuda"),
    ("AI", "AIA", "Anguilla", "Anguilla"),
    ("AL", "ALB", "Albania", "Albanië"),
    ("AM", "ARM", "Armenia", "Armenië"),
    ("AO", "AGO", "Angola", "Angola"),
    ("AQ", "ATA", "Antarctica", "Antarctica"),
    ("AR", "ARG", "Argentina", "Argentinië"),
    ("AS", "ASM", "American Samoa", "Amerikaans-Samoa"),
    ("AT", "AUT", "Austria", "Oostenrijk"),
    ("AU", "AUS", "Australia", "Australië"),
    ("AW", "ABW", "Aruba", "Aruba"),
    ("AX", "ALA", "Åland Islands", "Åland"),
    ("AZ", "AZE", "Azerbaijan", "Azerbeidzjan"),
    ("BA", "BIH", "Bosnia and Herzegovina", "Bosnië en Herzegovina"),
    ("BB", "BRB", "Barbados", "Barbados"),
    ("BD", "BGD", "Bangladesh", "Bangladesh"),
    ("BE", "BEL", "Belgium", "België"),
    ("BF", "BFA", "Burkina Faso", "Burkina Faso"),
    ("BG", "BGR", "Bulgaria", "Bulgarije"),
    ("BH", "BHR", "Bahrain", "Bahrein"),
    ("BI", "BDI", "Burundi", "Burundi"),
    ("BJ", "BEN", "Benin", "Benin"),
    ("BL", "BLM", "St Barthélemy", "Saint-Barthélemy"),
    ("BM", "BMU", "Bermuda", "Bermuda"),
    ("BN", "BRN", "Brunei", "Brunei"),
    ("BO", "BOL", "Bolivia", "Bolivia"),
    ("BQ", "BES", "Caribbean Netherlands", "Caribisch Nederland"),
    ("BR", "BRA", "Brazil", "Brazilië"),
    ("BS", "BHS", "Bahamas", "Bahama’s"),
    ("BT", "BTN", "Bhutan", "Bhutan"),
    ("BV", "BVT", "Bouvet Island", "Bouveteiland"),
    ("BW", "BWA", "Botswana", "Botswana"),
    ("BY", "BLR", "Belarus", "Belarus"),
    ("BZ", "BLZ", "Belize", "Belize"),
    ("CA", "CAN", "Canada", "Canada"),
    ("CC", "CCK", "Cocos Islands", "Cocoseilanden"),
    ("CD", "COD", "DR Congo", "DR Congo"),
    ("CF", "CAF", "Central African Republic", "Centraal-Afrikaanse Republiek"),
    ("CG", "COG", "Congo-Brazzaville", "Congo-Brazzaville"),
    ("CH", "CHE", "Switzerland", "Zwitserland"),
    ("CI", "CIV", "Ivory Coast", "Ivoorkust"),
    ("CK", "COK", "Cook Islands", "Cookeilanden"),
    ("CL", "CHL", "Chile", "Chili"),
    ("CM", "CMR", "Cameroon", "Kameroen"),
    ("CN", "CHN", "China", "China"),
    ("CO", "COL", "Colombia", "Colombia"),
    ("CR", "CRI", "Costa Rica", "Costa Rica"),
    ("CU", "CUB", "Cuba", "Cuba"),
    ("CV", "CPV", "Cape Verde", "Kaapverdië"),
    ("CW", "CUW", "Curaçao", "Curaçao"),
    ("CX", "CXR", "Christmas Island", "Christmaseiland"),
    ("CY", "CYP", "Cyprus", "Cyprus"),
    ("CZ", "CZE", "Czech Republic", "Tsjechië"),
    ("DE", "DEU", "Germany", "Duitsland"),
    ("DJ", "DJI", "Djibouti", "Djibouti"),
    ("DK", "DNK", "Denmark", "Denemarken"),
    ("DM", "DMA", "Dominica", "Dominica"),
    ("DO", "DOM", "Dominican Republic", "Dominicaanse Republiek"),
    ("DZ", "DZA", "Algeria", "Algerije"),
    ("EC", "ECU", "Ecuador", "Ecuador"),
    ("EE", "EST", "Estonia", "Estland"),
    ("EG", "EGY", "Egypt", "Egypte"),
    ("EH", "ESH", "Western Sahara", "Westelijke Sahara"),
    ("ER", "ERI", "Eritrea", "Eritrea"),
    ("ES", "ESP", "Spain", "Spanje"),
    ("ET", "ETH", "Ethiopia", "Ethiopië"),
    ("FI", "FIN", "Finland", "Finland"),
    ("FJ", "FJI", "Fiji", "Fiji"),
    ("FK", "FLK", "Falkland Islands", "Falklandeilanden"),
    ("FM", "FSM", "Micronesia", "Micronesia"),
    ("FO", "FRO", "Faroe Islands", "Faeröer"),
    ("FR", "FRA", "France", "Frankrijk"),
    ("GA", "GAB", "Gabon", "Gabon"),
    ("GB", "GBR", "United Kingdom", "Verenigd Koninkrijk"),
    ("GD", "GRD", "Grenada", "Grenada"),
    ("GE", "GEO", "Georgia", "Georgië"),
    ("GF", "GUF", "French Guiana", "Frans-Guyana"),
    ("GG", "GGY", "Guernsey", "Guernsey"),
    ("GH", "GHA", "Ghana", "Ghana"),
    ("GI", "GIB", "Gibraltar", "Gibraltar"),
    ("GL", "GRL", "Greenland", "Groenland"),
    ("GM", "GMB", "Gambia", "Gambia"),
    ("GN", "GIN", "Guinea", "Guinee"),
    ("GP", "GLP", "Guadeloupe", "Guadeloupe"),
    ("GQ", "GNQ", "Equatorial Guinea", "Equatoriaal-Guinea"),
    ("GR", "GRC", "Greece", "Griekenland"),
    ("GS", "SGS", "South Georgia and the South Sandwich Islands", "Zuid-Georgia en de Zuidelijke Sandwicheilanden"),
    ("GT", "GTM", "Guatemala", "Guatemala"),
    ("GU", "GUM", "Guam", "Guam"),
    ("GW", "GNB", "Guinea-Bissau", "Guinee-Bissau"),
    ("GY", "GUY", "Guyana", "Guyana"),
    ("HK", "HKG", "Hong Kong", "Hongkong"),
    ("HM", "HMD", "Heard and McDonald Islands", "Heard en McDonaldeilanden"),
    ("HN", "HND", "Honduras", "Honduras"),
    ("HR", "HRV", "Croatia", "Kroatië"),
    ("HT", "HTI", "Haiti", "Haïti"),
    ("HU", "HUN", "Hungary", "Hongarije"),
    ("ID", "IDN", "Indonesia", "Indonesië"),
    ("IE", "IRL", "Ireland", "Ierland"),
    ("IL", "ISR", "Israel", "Israël"),
    ("IM", "IMN", "Isle of Man", "Isle of Man"),
    ("IN", "IND", "India", "India"),
    ("IO", "IOT", "Chagos Islands", "Chagoseilanden"),
    ("IQ", "IRQ", "Iraq", "Irak"),
    ("IR", "IRN", "Iran", "Iran"),
    ("IS", "ISL", "Iceland", "IJsland"),
    ("IT", "ITA", "Italy", "Italië"),
    ("JE", "JEY", "Jersey", "Jersey"),
    ("JM", "JAM", "Jamaica", "Jamaica"),
    ("JO", "JOR", "Jordan", "Jordanië"),
    ("JP", "JPN", "Japan", "Japan"),
    ("KE", "KEN", "Kenya", "Kenia"),
    ("KG", "KGZ", "Kyrgyzstan", "Kirgizië"),
    ("KH", "KHM", "Cambodia", "Cambodja"),
    ("KI", "KIR", "Kiribati", "Kiribati"),
    ("KM", "COM", "Comoros", "Comoren"),
    ("KN", "KNA", "St Kitts and Nevis", "Saint Kitts en Nevis"),
    ("KP", "PRK", "North Korea", "Noord-Korea"),
    ("KR", "KOR", "South Korea", "Zuid-Korea"),
    ("KW", "KWT", "Kuwait", "Koeweit"),
    ("KY", "CYM", "Cayman Islands", "Kaaimaneilanden"),
    ("KZ", "KAZ", "Kazakhstan", "Kazachstan"),
    ("LA", "LAO", "Laos", "Laos"),
    ("LB", "LBN", "Lebanon", "Libanon"),
    ("LC", "LCA", "St Lucia", "Saint Lucia"),
    ("LI", "LIE", "Liechtenstein", "Liechtenstein"),
    ("LK", "LKA", "Sri Lanka", "Sri Lanka"),
    ("LR", "LBR", "Liberia", "Liberia"),
    ("LS", "LSO", "Lesotho", "Lesotho"),
    ("LT", "LTU", "Lithuania", "Litouwen"),
    ("LU", "LUX", "Luxembourg", "Luxemburg"),
    ("LV", "LVA", "Latvia", "Letland"),
    ("LY", "LBY", "Libya", "Libië"),
    ("MA", "MAR", "Morocco", "Marokko"),
    ("MC", "MCO", "Monaco", "Monaco"),
    ("MD", "MDA", "Moldova", "Moldavië"),
    ("ME", "MNE", "Montenegro", "Montenegro"),
    ("MF", "MAF", "St Martin", "Saint-Martin"),
    ("MG", "MDG", "Madagascar", "Madagaskar"),
    ("MH", "MHL", "Marshall Islands", "Marshalleilanden"),
    ("MK", "MKD", "North Macedonia", "Noord-Macedonië"),
    ("ML", "MLI", "Mali", "Mali"),
    ("MM", "MMR", "Myanmar", "Myanmar"),
    ("MN", "MNG", "Mongolia", "Mongolië"),
    ("MO", "MAC", "Macau", "Macau"),
    ("MP", "MNP", "Northern Mariana Islands", "Noordelijke Marianen"),
    ("MQ", "MTQ", "Martinique", "Martinique"),
    ("MR", "MRT", "Mauritania", "Mauritanië"),
    ("MS", "MSR", "Montserrat", "Montserrat"),
    ("MT", "MLT", "Malta", "Malta"),
    ("MU", "MUS", "Mauritius", "Mauritius"),
    ("MV", "MDV", "Maldives", "Maldiven"),
    ("MW", "MWI", "Malawi", "Malawi"),
    ("MX", "MEX", "Mexico", "Mexico"),
    ("MY", "MYS", "Malaysia", "Maleisië"),
    ("MZ", "MOZ", "Mozambique", "Mozambique"),
    ("NA", "NAM", "Namibia", "Namibië"),
    ("NC", "NCL", "New Caledonia", "Nieuw-Caledonië"),
    ("NE", "NER", "Niger", "Niger"),
    ("NF", "NFK", "Norfolk Island", "Norfolkeiland"),
    ("NG", "NGA", "Nigeria", "Nigeria"),
    ("NI", "NIC", "Nicaragua", "Nicaragua"),
    ("NL", "NLD", "Netherlands", "Nederland"),
    ("NO", "NOR", "Norway", "Noorwegen"),
    ("NP", "NPL", "Nepal", "Nepal"),
    ("NR", "NRU", "Nauru", "Nauru"),
    ("NU", "NIU", "Niue", "Niue"),
    ("NZ", "NZL", "New Zealand", "Nieuw-Zeeland"),
    ("OM", "OMN", "Oman", "Oman"),
    ("PA", "PAN", "Panama", "Panama"),
    ("PE", "PER", "Peru", "Peru"),
    ("PF", "PYF", "French Polynesia", "Frans-Polynesië"),
    ("PG", "PNG", "Papua New Guinea", "Papoea-Nieuw-Guinea"),
    ("PH", "PHL", "Philippines", "Filipijnen"),
    ("PK", "PAK", "Pakistan", "Pakistan"),
    ("PL", "POL", "Poland", "Polen"),
    ("PM", "SPM", "St Pierre and Miquelon", "Saint-Pierre en Miquelon"),
    ("PN", "PCN", "Pitcairn Islands", "Pitcairneilanden"),
    ("PR", "PRI", "Puerto Rico", "Puerto Rico"),
    ("PS", "PSE", "Palestinian territories", "Palestijnse gebieden"),
    ("PT", "PRT", "Portugal", "Portugal"),
    ("PW", "PLW", "Palau", "Palau"),
    ("PY", "PRY", "Paraguay", "Paraguay"),
    ("QA", "QAT", "Qatar", "Qatar"),
    ("RE", "REU", "Réunion", "Réunion"),
    ("RO", "ROU", "Romania", "Roemenië"),
    ("RS", "SRB", "Serbia", "Servië"),
    ("RU", "RUS", "Russia", "Rusland"),
    ("RW", "RWA", "Rwanda", "Rwanda"),
    ("SA", "SAU", "Saudi Arabia", "Saoedi-Arabië"),
    ("SB", "SLB", "Solomon Islands", "Salomonseilanden"),
    ("SC", "SYC", "Seychelles", "Seychellen"),
    ("SD", "SDN", "Sudan", "Soedan"),
    ("SE", "SWE", "Sweden", "Zweden"),
    ("SG", "SGP", "Singapore", "Singapore"),
    ("SH", "SHN", "St Helena", "Sint-Helena"),
    ("SI", "SVN", "Slovenia", "Slovenië"),
    ("SJ", "SJM", "Svalbard and Jan Mayen", "Spitsbergen en Jan Mayen"),
    ("SK", "SVK", "Slovakia", "Slowakije"),
    ("SL", "SLE", "Sierra Leone", "Sierra Leone"),
    ("SM", "SMR", "San Marino", "San Marino"),
    ("SN", "SEN", "Senegal", "Senegal"),
    ("SO", "SOM", "Somalia", "Somalië"),
    ("SR", "SUR", "Suriname", "Suriname"),
    ("SS", "SSD", "South Sudan", "Zuid-Soedan"),
    ("ST", "STP", "São Tomé and Príncipe", "Sao Tomé en Principe"),
    ("SV", "SLV", "El Salvador", "El Salvador"),
    ("SX", "SXM", "Sint Maarten", "Sint Maarten"),
    ("SY", "SYR", "Syria", "Syrië"),
    ("SZ", "SWZ", "Eswatini", "Eswatini"),
    ("TC", "TCA", "Turks and Caicos Islands", "Turks- en Caicoseilanden"),
    ("TD", "TCD", "Chad", "Tsjaad"),
    ("TF", "ATF", "French Southern Territories", "Franse Zuidelijke Gebieden"),
    ("TG", "TGO", "Togo", "Togo"),
    ("TH", "THA", "Thailand", "Thailand"),
    ("TJ", "TJK", "Tajikistan", "Tadzjikistan"),
    ("TK", "TKL", "Tokelau", "Tokelau"),
    ("TL", "TLS", "East Timor", "Oost-Timor"),
    ("TM", "TKM", "Turkmenistan", "Turkmenistan"),
    ("TN", "TUN", "Tunisia", "Tunesië"),
    ("TO", "TON", "Tonga", "Tonga"),
    ("TR", "TUR", "Turkey", "Turkije"),
    ("TT", "TTO", "Trinidad and Tobago", "Trinidad en Tobago"),
    ("TV", "TUV", "Tuvalu", "Tuvalu"),
    ("TW", "TWN", "Taiwan", "Taiwan"),
    ("TZ", "TZA", "Tanzania", "Tanzania"),
    ("UA", "UKR", "Ukraine", "Oekraïne"),
    ("UG", "UGA", "Uganda", "Oeganda"),
    ("UM", "UMI", "US Minor Outlying Islands", "Kleine afgelegen eilanden van de Verenigde Staten"),
    ("US", "USA", "United States", "Verenigde Staten"),
    ("UY", "URY", "Uruguay", "Uruguay"),
    ("UZ", "UZB", "Uzbekistan", "Oezbekistan"),
    ("VA", "VAT", "Vatican City", "Vaticaanstad"),
    ("VC", "VCT", "St Vincent and the Grenadines", "Saint Vincent en de Grenadines"),
    ("VE", "VEN", "Venezuela", "Venezuela"),
    ("VG", "VGB", "British Virgin Islands", "Britse Maagdeneilanden"),
    ("VI", "VIR", "US Virgin Islands", "Amerikaanse Maagdeneilanden"),
    ("VN", "VNM", "Vietnam", "Vietnam"),
    ("VU", "VUT", "Vanuatu", "Vanuatu"),
    ("WF", "WLF", "Wallis and Futuna", "Wallis en Futuna"),
    ("WS", "WSM", "Samoa", "Samoa"),
    ("XK", "XKX", "Kosovo", "Kosovo"),
    ("YE", "YEM", "Yemen", "Jemen"),
    ("YT", "MYT", "Mayotte", "Mayotte"),
    ("ZA", "ZAF", "South Africa", "Zuid-Afrika"),
    ("ZM", "ZMB", "Zambia", "Zambia"),
    ("ZW", "ZWE", "Zimbabwe", "Zimbabwe"),
];

/// Name of the country with this ISO 3166 code (two or three letters, any case) in a language (BCP 47: `nl`, `nl-BE`, `en`, ...).
/// `None` for an unknown code or a language without names here.
#[must_use]
pub fn country_name(code: &str, language: &str) -> Option<&'static str> {
    let (_, _, english, dutch) = find(code)?;
    let primary = language.split('-').next().unwrap_or(language);
    if primary.eq_ignore_ascii_case("nl") {
        Some(dutch)
    } else if primary.eq_ignore_ascii_case("en") {
        Some(english)
    } else {
        None
    }
}

/// Whether a text is a name of the country with this code in one of the languages known here, without regard to case.
///
/// Straight and curly apostrophes are the same: “Bahama's” is “Bahama’s”. Accents count; the text should be NFC.
#[must_use]
pub fn is_country_name(code: &str, name: &str) -> bool {
    let name = comparable(name);
    find(code).is_some_and(|(_, _, english, dutch)| comparable(english) == name || comparable(dutch) == name)
}

/// The names, in all languages known here, of the country with this code.
#[must_use]
pub fn names_of_code(code: &str) -> Option<[&'static str; 2]> {
    let (_, _, english, dutch) = find(code.trim())?;
    Some([english, dutch])
}

/// The names, in all languages known here, of the country of which a text is one.
#[must_use]
pub fn names_of_name(text: &str) -> Option<[&'static str; 2]> {
    let name = comparable(text);
    let (_, _, english, dutch) = COUNTRIES
        .iter()
        .find(|(_, _, english, dutch)| comparable(english) == name || comparable(dutch) == name)?;
    Some([english, dutch])
}

/// The row of the country with this code.
fn find(code: &str) -> Option<&'static (&'static str, &'static str, &'static str, &'static str)> {
    COUNTRIES
        .iter()
        .find(|(two, three, ..)| code.eq_ignore_ascii_case(two) || code.eq_ignore_ascii_case(three))
}

/// A name as it is compared with others.
fn comparable(name: &str) -> String {
    name.trim().replace('\'', "’").to_lowercase()
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;

    /// The two-letter codes that ISO 3166-1 assigns.
    const ISO_3166_1: &str = "
        AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ
        BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
        CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ
        DE DJ DK DM DO DZ
        EC EE EG EH ER ES ET
        FI FJ FK FM FO FR
        GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY
        HK HM HN HR HT HU
        ID IE IL IM IN IO IQ IR IS IT
        JE JM JO JP
        KE KG KH KI KM KN KP KR KW KY KZ
        LA LB LC LI LK LR LS LT LU LV LY
        MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ
        NA NC NE NF NG NI NL NO NP NR NU NZ
        OM
        PA PE PF PG PH PK PL PM PN PR PS PT PW PY
        QA
        RE RO RS RU RW
        SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ
        TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ
        UA UG UM US UY UZ
        VA VC VE VG VI VN VU
        WF WS
        YE YT
        ZA ZM ZW
    ";

    #[test]
    fn the_name_is_that_of_the_storys_language() {
        assert_eq!(country_name("IQ", "nl"), Some("Irak"));
        assert_eq!(country_name("IQ", "en"), Some("Iraq"));
        assert_eq!(country_name("US", "nl"), Some("Verenigde Staten"));
        assert_eq!(country_name("US", "en"), Some("United States"));
        assert_eq!(country_name("UA", "nl"), Some("Oekraïne"));
        assert_eq!(country_name("UA", "en"), Some("Ukraine"));
    }

    #[test]
    fn codes_of_two_and_three_letters_work_in_any_case() {
        for code in ["BE", "be", "Be", "BEL", "bel", "Bel"] {
            assert_eq!(country_name(code, "nl"), Some("België"), "{code}");
        }
        assert_eq!(country_name("XK", "en"), Some("Kosovo"));
        assert_eq!(country_name("xkx", "en"), Some("Kosovo"));
    }

    #[test]
    fn a_region_or_script_does_not_change_the_language() {
        assert_eq!(country_name("DE", "nl-BE"), Some("Duitsland"));
        assert_eq!(country_name("DE", "NL"), Some("Duitsland"));
        assert_eq!(country_name("DE", "en-GB"), Some("Germany"));
        assert_eq!(country_name("DE", "en-Latn-US"), Some("Germany"));
    }

    #[test]
    fn an_unknown_code_has_no_name() {
        for code in ["", "N", "ZZ", "ZZZ", "NETH", "Nederland", " NL", "é", "日本"] {
            assert_eq!(country_name(code, "nl"), None, "{code}");
            assert!(!is_country_name(code, "Nederland"), "{code}");
        }
    }

    #[test]
    fn a_language_without_names_here_gives_none() {
        for language in ["", "-", "fr", "de-AT", "nld", "eng", "enl", "x-nl"] {
            assert_eq!(country_name("NL", language), None, "{language}");
        }
    }

    #[test]
    fn names_are_those_that_newspapers_print() {
        for (code, english, dutch) in [
            ("TR", "Turkey", "Turkije"),
            ("HK", "Hong Kong", "Hongkong"),
            ("MO", "Macau", "Macau"),
            ("MM", "Myanmar", "Myanmar"),
            ("PS", "Palestinian territories", "Palestijnse gebieden"),
            ("CI", "Ivory Coast", "Ivoorkust"),
            ("CD", "DR Congo", "DR Congo"),
            ("CG", "Congo-Brazzaville", "Congo-Brazzaville"),
        ] {
            assert_eq!(country_name(code, "en"), Some(english), "{code}");
            assert_eq!(country_name(code, "nl"), Some(dutch), "{code}");
        }
    }

    #[test]
    fn a_name_is_known_in_either_language_and_any_case() {
        for name in ["Oekraïne", "OEKRAÏNE", "Ukraine", "ukraine", " Ukraine "] {
            assert!(is_country_name("UA", name), "{name}");
            assert!(is_country_name("ukr", name), "{name}");
        }
        assert!(is_country_name("BS", "Bahama's"));
        assert!(is_country_name("BS", "Bahama’s"));
    }

    #[test]
    fn another_countrys_name_or_another_text_is_not_its_name() {
        for name in ["", " ", "Rusland", "Kyiv", "UA", "Ukrain", "Ukraine, Europe"] {
            assert!(!is_country_name("UA", name), "{name}");
        }
        assert!(!is_country_name("NE", "Nigeria"));
        assert!(!is_country_name("DM", "Dominican Republic"));
    }

    #[test]
    fn the_table_is_in_the_order_of_its_codes() {
        assert!(COUNTRIES.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn codes_are_unique_and_of_capital_letters() {
        let mut seen = HashSet::new();
        for (two, three, ..) in &COUNTRIES {
            assert_eq!((two.len(), three.len()), (2, 3), "{two}");
            for code in [two, three] {
                assert!(code.bytes().all(|b| b.is_ascii_uppercase()), "{code}");
                assert!(seen.insert(*code), "{code} is there twice");
            }
        }
    }

    #[test]
    fn every_country_of_iso_3166_1_and_kosovo_is_there() {
        let mut expected: HashSet<&str> = ISO_3166_1.split_whitespace().collect();
        assert_eq!(expected.len(), 249);
        expected.insert("XK");
        let present: HashSet<&str> = COUNTRIES.iter().map(|(two, ..)| *two).collect();
        assert_eq!(present, expected);
    }

    #[test]
    fn no_name_is_empty_or_carries_marks_that_captions_do_not() {
        for (two, _, english, dutch) in &COUNTRIES {
            for name in [english, dutch] {
                assert!(!name.is_empty(), "{two}");
                assert_eq!(name.trim(), *name, "{two}");
                assert!(!name.contains(['&', '(', ')', ',', '.', '\'', '/']), "{name}");
                assert!(!name.contains("SAR"), "{name}");
            }
        }
    }

    #[test]
    fn no_two_countries_share_a_name() {
        let mut owner = HashMap::new();
        for (two, _, english, dutch) in &COUNTRIES {
            for name in [english, dutch] {
                let first = owner.entry(comparable(name)).or_insert(*two);
                assert_eq!(first, two, "{name}");
            }
        }
    }
}
