//! A made-up story that fills every kind of block, for the tests of this room: in Dutch, with a quotation as its title.

use std::collections::BTreeMap;

use crate::id::{BlockId, FrameId, PhotoId, StoryId};
use crate::story::document::{
    DocumentBlock, DocumentFrame, DocumentPhoto, DocumentRendition, GroupLayout, PhotoLayout, RichText,
    StoryDocument,
};
use crate::text::{markdown_to_html, markdown_to_plain, plain_to_html};
use crate::web::urls::Urls;

use super::Site;
use crate::site::AiTraining;

const PARAGRAPHS: [&str; 6] = [
    "Het was nog donker toen de eerste boot de haven uit voer. Op de kade stond niemand; de lampen van het café brandden, maar \
     binnen waren de stoelen nog op de tafels gezet. De schipper keek niet om. ‘Omkijken doe je pas als er iets te zien is’, zei hij \
     later, toen het licht was en de wind eindelijk draaide. Hij had de hele nacht naar de berichten geluisterd, en wat hij hoorde, \
     klonk niet anders dan de weken ervoor: water, wind, en daarachter nog meer water.",
    "In het dorp herinnert men zich de winter van 1974 als de laatste waarin alles nog met de hand ging. De weg lag er toen nog niet. \
     Wie naar de markt wilde, nam het **pad langs de herdershutten**, een wandeling van ruim drie uur, en wie terugkwam bracht nieuws \
     mee dat vaak al ouder was dan het brood.",
    "‘We wisten niet wat we moesten meenemen’, vertelt de oudste dochter, die nu zelf kinderen heeft. ‘Dus namen we de foto’s. Kleren \
     kun je lenen, een bed vind je altijd wel ergens. Maar een gezicht dat er niet meer is, dat leent niemand je uit.’ Ze legt de doos \
     op tafel en doet hem pas open als de koffie op is. [Meer over het archief](https://example.org/archief) staat elders.",
    "De havenmeester houdt al dertig jaar een schrift bij. Elke ochtend noteert hij de waterstand, de wind en één zin over wat hij ziet. \
     Op de meeste dagen is dat weinig: *meeuwen, mist, niemand*. Maar wie de schriften achter elkaar leest, ziet hoe de wereld om hem \
     heen langzaam verschoof, zonder dat er ooit een dag was waarop dat gebeurde.",
    "Tegen de avond trok de lucht open boven de uiterwaarden. Het laatste licht van het jaar viel schuin over het land, en even leek \
     het alsof alles wat er stond – de toren, de palen, de boten op het strand – er voor dat licht was neergezet. Toen ging de kerkklok, \
     en liep iedereen zonder iets te zeggen naar huis.",
    "Of ze ooit teruggaan? De vraag wordt niet beantwoord, niet omdat niemand het weet, maar omdat er verschillende antwoorden zijn. Voor \
     de een is terug een plaats, voor de ander een tijd. En voor de jongsten, die er nooit waren, is het vooral een verhaal dat aan tafel \
     wordt verteld, elke winter een beetje anders.",
];

const CAPTIONS: [(&str, &str); 10] = [
    (
        "Stavoren, Nederland",
        "Aan het eind van de middag liggen de boten op het strand. Niemand had de storm zien aankomen, zegt de havenmeester, die de waterstand sinds 1994 elke ochtend opschrijft.",
    ),
    (
        "Borculo, Nederland",
        "De bladeren keren vroeg boven het dorp; het pad was tot het middaguur open.",
    ),
    (
        "Óbidos, Portugal",
        "Kopjes drogen buiten de werkplaats van de pottenbakker. Ze zijn voor de markt van zaterdag, de laatste voor de winter.",
    ),
    (
        "Anfiteatro, Italië",
        "Het pad dat de herders gebruikten totdat in 1974 de weg werd aangelegd.",
    ),
    (
        "Lisse, Nederland",
        "Lisse, Nederland. Eén steekt erboven uit: de laatste rode in het veld.",
    ),
    (
        "Eijsden, Nederland",
        "Een lieveheersbeestje op de wijnranken, wat de telers als een goed teken zien. ‘Zolang zij er zijn, hoeven wij niet te spuiten’, zegt de jongste van de drie broers die het bedrijf vorig jaar overnamen.",
    ),
    (
        "Texel, Nederland",
        "Twee vleugels: de eerste van het seizoen, op 3 mei.",
    ),
    ("Orval, België", "Eén gevallen blad op de trappen van de kapel."),
    (
        "Harlingen, Nederland",
        "De storm die de haven twee dagen sloot. De veerboot voer niet, de markt ging niet door en de school bleef dicht.",
    ),
    (
        "’s-Hertogenbosch, Nederland",
        "Avondgloed boven de uiterwaarden, gezien vanaf de oude toren – het laatste licht van het jaar.",
    ),
];

/// A site in Dutch.
pub(in crate::web) fn site() -> Site {
    Site {
        name: "De Kade".to_owned(),
        language: "nl".to_owned(),
        description: Some("Verhalen in foto’s".to_owned()),
        accent_color: "#b3361e".to_owned(),
        footer: None,
        stylesheet: None,
        ai_training: AiTraining::Unspecified,
        shows_extent: true,
        shows_neighbours: true,
        about: [(
            "anna-de-vries".to_owned(),
            "Fotografeert in Friesland.".to_owned(),
        )]
        .into(),
    }
}

/// Links under an address of documentation.
pub(in crate::web) fn urls() -> Urls {
    Urls::new("https://kade.example", std::collections::HashMap::new())
}

/// A photo of this upright size with its renditions, in a folder that carries its number.
pub(in crate::web) fn photo(number: u32, width: u32, height: u32) -> DocumentPhoto {
    let folder = format!("{number:032x}");
    let mut renditions = Vec::new();
    for (extension, media_type) in [("jpg", "image/jpeg"), ("webp", "image/webp")] {
        for rung in [320, 480, 768, 1_080, 1_440, 1_920, 2_560]
            .into_iter()
            .filter(|rung| *rung <= width)
        {
            renditions.push(DocumentRendition {
                folder: folder.clone(),
                spec: format!("w{rung}.{extension}"),
                width: rung,
                height: (rung * height + width / 2) / width,
                media_type: media_type.to_owned(),
                bytes: 1,
            });
        }
    }
    let crop = DocumentRendition {
        folder,
        spec: "og.jpg".to_owned(),
        width: 1_200,
        height: 630,
        media_type: "image/jpeg".to_owned(),
        bytes: 1,
    };
    DocumentPhoto {
        width,
        height,
        color: "#4a5a6b".to_owned(),
        thumbhash: Some("1QcSHQRnh493V4dIh4eXh1h4kJUI".to_owned()),
        alt: None,
        caption: None,
        credit: None,
        creators: Vec::new(),
        licensor: None,
        digital_source_type: None,
        ai_training: AiTraining::Unspecified,
        creator: None,
        copyright: None,
        license: None,
        place: None,
        date: None,
        ai: None,
        focal: (0.5, 0.5),
        renditions,
        crops: vec![crop],
    }
}

/// A story that is being put together.
pub(in crate::web) struct Sketch {
    pub(in crate::web) photos: BTreeMap<PhotoId, DocumentPhoto>,
    pub(in crate::web) blocks: Vec<DocumentBlock>,
    captions: usize,
    paragraphs: usize,
}

impl Sketch {
    /// Nothing yet.
    pub(in crate::web) fn new() -> Self {
        Self {
            photos: BTreeMap::new(),
            blocks: Vec::new(),
            captions: 0,
            paragraphs: 0,
        }
    }

    /// A frame of a photo, with the next caption.
    pub(in crate::web) fn frame(&mut self, photo: DocumentPhoto) -> DocumentFrame {
        let (place, caption) = CAPTIONS[self.captions % CAPTIONS.len()];
        self.captions += 1;
        let id = PhotoId::random();
        self.photos.insert(id.clone(), photo);
        DocumentFrame {
            id: FrameId::random(),
            photo: id,
            place: Some(place.to_owned()),
            caption: Some(RichText {
                html: plain_to_html(caption),
                text: caption.to_owned(),
            }),
            alt: format!("Beeld bij: {caption}"),
            credit: Some("Anna de Vries / De Beeldredactie".to_owned()),
            graphic: false,
            focal: None,
            crop: None,
        }
    }

    /// A block of paragraphs.
    pub(in crate::web) fn text(&mut self, count: usize) -> &mut Self {
        let chosen: Vec<_> = (0..count)
            .map(|at| PARAGRAPHS[(self.paragraphs + at) % PARAGRAPHS.len()])
            .collect();
        self.paragraphs += count;
        let markdown = chosen.join("\n\n");
        let (html, text) = (markdown_to_html(&markdown), markdown_to_plain(&markdown));
        self.blocks.push(DocumentBlock::Text {
            id: BlockId::random(),
            html,
            text,
        });
        self
    }

    /// A frame on its own.
    pub(in crate::web) fn shot(&mut self, layout: PhotoLayout, photo: DocumentPhoto) -> &mut Self {
        let frame = self.frame(photo);
        self.blocks.push(DocumentBlock::Photo {
            id: BlockId::random(),
            layout,
            frame,
        });
        self
    }

    /// A group.
    pub(in crate::web) fn group(&mut self, layout: GroupLayout, photos: Vec<DocumentPhoto>) -> &mut Self {
        let frames = photos.into_iter().map(|photo| self.frame(photo)).collect();
        let caption = "Twee ochtenden, een jaar uit elkaar.";
        let caption = Some(RichText {
            html: plain_to_html(caption),
            text: caption.to_owned(),
        });
        self.blocks.push(DocumentBlock::Group {
            id: BlockId::random(),
            layout,
            caption,
            frames,
        });
        self
    }

    /// The story.
    pub(in crate::web) fn finish(self) -> StoryDocument {
        StoryDocument {
            id: StoryId::random(),
            slug: "wat-het-water-meenam".to_owned(),
            language: "nl".to_owned(),
            title: "“We namen alleen de foto’s mee, de rest was van het water”".to_owned(),
            standfirst: Some(
                "Vijftig jaar nadat de weg kwam, keren drie families terug naar de haven die hun grootouders in één nacht verlieten. \
                 Wat vinden ze er nog?"
                    .to_owned(),
            ),
            byline: Some("Tekst en foto’s: Anna de Vries".to_owned()),
            date: Some("2024-01".to_owned()),
            tags: Vec::new(),
            lead: None,
            graphic: false,
            publication: 1,
            published_at: Some(1_705_668_300_000),
            first_published_at: Some(1_705_668_300_000),
            corrections: Vec::new(),
            blocks: self.blocks,
            photos: self.photos,
        }
    }
}

/// Twelve paragraphs, ten photographs, a pair, a heading and a quotation.
pub(in crate::web) fn story() -> StoryDocument {
    let mut sketch = Sketch::new();
    let mut number = 0;
    let mut landscape = || {
        number += 1;
        photo(number, 6_000, 4_000)
    };
    sketch
        .shot(PhotoLayout::Wide, landscape())
        .text(3)
        .shot(PhotoLayout::Wide, landscape())
        .text(2);
    sketch.blocks.push(DocumentBlock::Heading {
        id: BlockId::random(),
        text: "De winter van 1974".to_owned(),
    });
    sketch
        .text(2)
        .group(GroupLayout::Side, vec![landscape(), photo(11, 2_667, 4_000)]);
    let quote = "Kleren kun je lenen. Maar een gezicht dat er niet meer is, dat leent niemand je uit.";
    sketch.blocks.push(DocumentBlock::Quote {
        id: BlockId::random(),
        html: markdown_to_html(quote),
        text: quote.to_owned(),
        attribution: Some("De oudste dochter".to_owned()),
    });
    sketch.text(3).shot(PhotoLayout::Full, landscape()).text(2);
    for layout in [
        PhotoLayout::Column,
        PhotoLayout::Wide,
        PhotoLayout::Wide,
        PhotoLayout::Column,
        PhotoLayout::Full,
    ] {
        sketch.shot(layout, landscape());
    }
    sketch.finish()
}
