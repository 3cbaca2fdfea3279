//! The story that everything is tried against: a Dutch reportage with a quotation for a title, a dozen paragraphs and ten photographs.

use reportage::metadata::{Embedded, embed_in_jpeg};
use serde_json::{Value, json};

use super::Client;
use super::photograph::jpeg;

/// The title: a quotation with an apostrophe in it.
pub const TITLE: &str = "“’s Nachts hoor je de stad ademen”";
/// Its address.
pub const SLUG: &str = "s-nachts-hoor-je-de-stad-ademen";
/// The story's own date, and as Dutch prints it.
pub const DATE: (&str, &str) = ("2024-01", "januari 2024");

/// The twelve paragraphs.
pub const PARAGRAPHS: [&str; 12] = [
    "De weg naar het noorden is een strook opgelapt asfalt, en wie er ’s ochtends vroeg rijdt, ziet de stad pas wanneer de mist uit het dal trekt. “Je went er niet aan,” zegt de chauffeur. “Je leert alleen wanneer je moet remmen.”",
    "Bij de derde controlepost staat een jongen van hooguit negentien jaar. Zijn uniform is hem te groot, zijn thee is koud geworden. Hij bladert door de papieren alsof hij naar een naam zoekt die er niet in kan staan.",
    "In de wijk achter de rivier zijn de winkels weer open. De bakker heeft een nieuwe ruit, de kapper een stoel, en de man die sim-kaarten verkoopt zit op een kist met een zonnescherm dat ooit een reclamebord was.",
    "Mevrouw Al-Jabouri (61) telt de treden van haar trappenhuis hardop: achttien, negentien, dan niets meer. De twintigste is weg, net als de muur ernaast. Ze stapt eroverheen zoals een ander een plas ontwijkt.",
    "“Wij hebben drie keer ingepakt,” zegt ze, “en vier keer uitgepakt.” Ze lacht, en dan niet meer. In de kamer hangt een klok die gelijk loopt; de batterij was het eerste wat ze kocht.",
    "Tegen de middag komt de hitte door de ramen zonder glas. De kinderen uit het blok hebben van een deur een tafel gemaakt en van de tafel een winkel: drie stenen voor een tomaat, vijf voor een verhaal.",
    "De ingenieur die de waterleiding herstelt, heeft een plattegrond uit 1987 en een lijst met namen. Straat voor straat streept hij af. Wat hij niet kan vinden, vraagt hij aan de oudsten: die weten waar het lek vroeger zat.",
    "Niet iedereen is terug. In het schrift van de wijkmeester staan 214 huisnummers; achter 90 daarvan staat een kruisje, achter 31 een vraagteken. “Een vraagteken is beter,” zegt hij, en slaat het schrift dicht.",
    "Op vrijdag wordt er gevoetbald op het veld naast de school. De doelpalen zijn van bewapeningsstaal, het net is van een vrachtwagen. Er wordt hard gelopen en zacht gevallen; iedereen kent hier de stenen.",
    "De arts van de mobiele kliniek schrijft recepten op de achterkant van verkiezingsfolders. Papier is schaars, zegt ze, en de beloften waren toch aan één kant bedrukt. Ze behandelt tachtig mensen per dag.",
    "Als het donker wordt gaan de generatoren aan, blok na blok, tot de hele oever bromt. Het duurt tot elf uur. Daarna is het zo stil dat je de rivier kunt horen, en verder weg een hond, en daarachter weer niets.",
    "Mevrouw Al-Jabouri zet twee glazen neer, ook al is ze alleen. Morgen komt haar zoon, zegt ze. Hij heeft gebeld. Ze zet het raam open, want dat is het voordeel van een kozijn zonder glas: je hoeft er niets voor te doen.",
];

/// A photograph of the story: city, caption, alt text.
pub struct Shot {
    pub city: &'static str,
    pub caption: &'static str,
    pub alt: &'static str,
}

const fn shot(city: &'static str, caption: &'static str, alt: &'static str) -> Shot {
    Shot { city, caption, alt }
}

/// The ten photographs.
pub const SHOTS: [Shot; 10] = [
    shot(
        "Frontlinie Mosul",
        "Een soldaat wacht op de mist. Hij staat er sinds vier uur.",
        "Soldaat met de rug naar de camera in dichte mist",
    ),
    shot(
        "Qayyarah",
        "De weg naar het noorden, ’s ochtends vroeg.",
        "Lege weg tussen twee rijen palen",
    ),
    shot(
        "Mosul",
        "De controlepost bij de derde brug. “Papieren,” zegt de jongen, en dan niets meer.",
        "Jonge man met een kop thee bij een slagboom",
    ),
    shot(
        "Mosul",
        "De bakker van de Pakhuisstraat heeft weer een ruit.",
        "Bakker achter een nieuwe winkelruit",
    ),
    shot(
        "Mosul",
        "Mevrouw Al-Jabouri op de negentiende trede. De twintigste is er niet. Ze weet waar ze moet stappen.",
        "Vrouw op een trap zonder muur",
    ),
    shot(
        "Mosul",
        "Drie stenen voor een tomaat.",
        "Kinderen rond een tafel van een deur",
    ),
    shot(
        "Bartella",
        "De plattegrond uit 1987 is op sommige straten doorgesleten.",
        "Handen op een gevouwen plattegrond",
    ),
    shot(
        "Telskuf",
        "Vrijdagmiddag op het veld naast de school.",
        "Voetballende jongens in het stof",
    ),
    shot(
        "Mosul",
        "Recepten op de achterkant van folders. De arts behandelt tachtig mensen per dag.",
        "Arts die op een knie schrijft",
    ),
    shot(
        "Mosul",
        "De oever om tien over elf, wanneer de generatoren zwijgen.",
        "Donkere rivieroever met één lamp",
    ),
];

/// The original of a shot, as the photographer's tools leave it: captioned in all carriers, with what must never become public.
pub fn original(index: usize, width: u32, height: u32) -> Vec<u8> {
    let shot = &SHOTS[index];
    let words = Embedded {
        caption: Some(shot.caption.to_owned()),
        creator: Some("Anna Jansen".to_owned()),
        credit: Some("Anna Jansen / Reportage".to_owned()),
        copyright: Some("© 2024 Anna Jansen".to_owned()),
        alt: Some(shot.alt.to_owned()),
        city: Some(shot.city.to_owned()),
        country: Some("Irak".to_owned()),
        country_code: Some("IRQ".to_owned()),
        date_time_original: Some(format!("2024:01:{:02} 10:05:00", index + 3)),
        offset: Some("+03:00".to_owned()),
        make: Some("Kamera".to_owned()),
        model: Some("Model Zeven".to_owned()),
        serial: Some("SN44871230".to_owned()),
        gps: Some((36.345, 43.1575)),
        ..Embedded::default()
    };
    embed_in_jpeg(jpeg(u32::try_from(index).unwrap() + 1, width, height), &words)
}

/// The whole story made through the API: its id and its photos' ids.
pub async fn make(client: &Client) -> (String, Vec<String>) {
    let mut photos = Vec::new();
    for index in 0..SHOTS.len() {
        let name = format!("2024-{index:02} mosul.jpg");
        photos.push(client.photo_pending(&name, &original(index, 480, 320)).await);
    }
    for photo in &photos {
        assert_eq!(client.settled(photo).await["state"], "ready");
    }
    let story = client.story(&request(&photos)).await;
    (story, photos)
}

/// The story as a request: photographs between the paragraphs in three layouts, two groups, a closing run.
pub fn request(photos: &[String]) -> Value {
    let photo = |index: usize, layout: &str| json!({"type": "photo", "layout": layout, "frame": {"photo": photos[index]}});
    let frame = |index: usize| json!({"photo": photos[index]});
    let text =
        |range: std::ops::Range<usize>| json!({"type": "text", "markdown": PARAGRAPHS[range].join("\n\n")});
    json!({
        "title": TITLE, "language": "nl", "date": DATE.0, "tags": ["Irak", "wederopbouw"],
        "standfirst": "Een jaar na de laatste schoten telt een wijk haar deuren, haar treden en haar doden.",
        "byline": "Tekst en foto’s: Anna Jansen",
        "blocks": [
            photo(0, "full"), text(0..2), photo(1, "wide"), text(2..4), photo(2, "column"),
            {"type": "heading", "text": "De twintigste trede"},
            text(4..6),
            {"type": "group", "layout": "side", "caption": "Twee keer de Pakhuisstraat.", "frames": [frame(3), frame(4)]},
            text(6..9),
            {"type": "quote", "markdown": "Een vraagteken is beter.", "attribution": "De wijkmeester"},
            text(9..12),
            photo(5, "full"), photo(6, "wide"),
            {"type": "group", "layout": "grid", "frames": [frame(7), frame(8), frame(9)]},
        ],
    })
}
