//! The Dutch story: a winter of high water, with many words, told between the photographs. Invented, as are the people in it.

use super::people;
use super::stories::Piece::{Group, Heading, Photo, Quote, Text};
use super::stories::{Country, Piece, Shot, Tale};
use crate::story::document::{GroupLayout, PhotoLayout};
use reportage_scenes::{Family, Hour, Scene, Weather};

/// “‘Het water komt altijd ’s nachts’”.
pub static TALE: Tale = Tale {
    slug: "het-water-komt-altijd-s-nachts",
    title: "‘Het water komt altijd ’s nachts’",
    standfirst: Some(
        "Drie weken lang stond het water in januari hoger dan de dijkwachten het ooit hadden gezien. Van de stranden tot de \
         uiterwaarden liepen vrijwilligers hun ronde, met een zaklamp, een peilstok en een thermoskan. Een reportage langs de \
         laagste rand van het land.",
    ),
    byline: Some("Tekst en foto’s: Wietske Reiderland"),
    language: "nl",
    date: Some("2024-01"),
    tags: &["water", "dijken", "winter"],
    photographer: &people::WIETSKE,
    country: Country {
        name: "Nederland",
        code: "NLD",
    },
    shots: SHOTS,
    pieces: PIECES,
    set_aside: &[],
    published: true,
};

static PIECES: &[Piece] = &[
    Photo(PhotoLayout::Full, "20240102-strand-buienlijn.jpg"),
    Text(
        "De eerste die het hoort is de hond. Nog voor de telefoon trilt staat hij al bij de achterdeur, de oren naar de zee. Daarna pas \
         komt het bericht van het waterschap: dijkwacht, code oranje, aantreden om kwart over twee. Jitske Hornstra trekt haar laarzen aan \
         in het donker, zoals haar vader dat deed en zíjn vader voor hem. ‘Overdag kan iedereen op een dijk lopen,’ zegt ze terwijl ze de \
         batterijen van haar lamp controleert. ‘Maar het water komt altijd ’s nachts.’\n\n\
         Ze is een van de ruim honderd vrijwilligers die deze winter zijn opgeroepen. Overdag geeft ze aardrijkskunde op een middelbare \
         school; vannacht loopt ze vier kilometer dijk, heen over de kruin en terug langs de teen, daar waar het gras overgaat in klei. Ze \
         kijkt naar wat er niet hoort te zijn: een natte plek, een scheurtje, een molshoop waar gisteren geen molshoop was. ‘Een dijk \
         bezwijkt zelden van boven. Hij bezwijkt van binnen, en dat zie je alleen als je langzaam loopt.’",
    ),
    Photo(PhotoLayout::Wide, "20240103-haven-blauw-uur.jpg"),
    Text(
        "Die middag was het nog stil in de haven. De garnalenschepen lagen dubbel afgemeerd, de trossen om het uur een handbreedte \
         gevierd. In het café aan de kade hing de getijtafel al weken open op dezelfde bladzijde. De havenmeester, een man die \
         liever wijst dan praat, wees naar een koperen streepje in de muur, net boven de plint. Daar stond het water in 1953. Toen wees \
         hij naar een potloodstreepje, twee vingers lager. Dat was dinsdag.\n\n\
         Twee vingers, dat is wat er over was tussen een storm waarvan men straks de naam zal zijn vergeten en een storm met een jaartal. In \
         de haven maakt niemand er drukte over. De sluisdeuren gingen dicht, de vloedplanken werden uit het rek gehaald en tegen zevenen \
         zat iedereen weer aan tafel. Alleen de kinderen bleven voor het raam staan, want de straatlantaarns weerspiegelden in de straat.",
    ),
    Photo(PhotoLayout::Column, "20240105-gracht-regen.jpg"),
    Heading("De lage rand"),
    Text(
        "Wie de kaart van het water wil begrijpen, moet beginnen waar het zich terugtrekt. Bij laagwater ligt het wad erbij als een land \
         dat nog moet worden uitgevonden: geulen zonder naam, slik dat de lucht weerkaatst, een rij wilgentakken om de vaargeul aan \
         te wijzen. Twee keer per dag verdwijnt alles. Over een eeuw, zeggen de rekenmodellen, verdwijnt een deel ervan voorgoed, omdat de \
         zee sneller stijgt dan het zand kan meegroeien.\n\n\
         Aan de voet van de dijk, bij de laatste prikstok, staat elke ochtend een vrouw met een meetlat. Ze is bioloog en telt al elf \
         jaar wormen in hetzelfde vierkant van een meter bij een meter. Over rampen heeft ze het niet. ‘Het wad is geduldig,’ \
         zegt ze, de lat schoonvegend aan haar mouw. ‘Het zijn de mensen die een lijn hebben getrokken en besloten: tot hier. Sindsdien \
         moeten we die lijn elke winter opnieuw verdedigen.’",
    ),
    Photo(PhotoLayout::Full, "20240108-wad-laagwater.jpg"),
    Text(
        "Die lijn is in het noorden acht, negen meter hoog en met gras bekleed. Honderd kilometer naar het zuiden, langs de \
         rivier, is hij lager en veel ouder. Hier komt het water niet van de zee maar uit de bergen: smeltende sneeuw en weken regen, die met \
         een vertraging van dagen stroomafwaarts schuiven. Je kunt het zien aankomen en je kunt er niets tegen doen. De boer aan het eind \
         van de kade heeft zijn koeien op eerste kerstdag naar een zwager gebracht. Zelf bleef hij. ‘Iemand moet het licht \
         aandoen,’ zegt hij, ‘anders denken ze dat hier niemand meer woont.’",
    ),
    Group(
        GroupLayout::Grid,
        &[
            "20240110-uiterwaard-boerderij.jpg",
            "20240111-populieren-ochtend.jpg",
        ],
    ),
    Text(
        "Op de derde dag van het hoge water ging hij met de roeiboot naar de brievenbus. Er lag een folder in van een keukenzaak, kurkdroog, \
         en een brief van de gemeente over de hondenbelasting. Hij vertelt het zonder te lachen. Vanuit de boot zag hij zijn eigen erf zoals \
         de reigers het zien, zegt hij: een dak, een rij populieren, een hek dat nergens meer omheen staat. Zijn vader had \
         hem geleerd de hoogste palen rood te verven, zodat je in de boot wist waar de sloot lag. De verf is op, de kennis nog niet.\n\n\
         ’s Ochtends, als de wind gaat liggen, is het zo mooi dat hij zich er bijna voor schaamt. Dan staat de zon laag achter de bomen \
         en ligt alles er twee keer. Wandelaars komen van ver om het te fotograferen. Ze parkeren in de berm, lopen tot hun \
         laarzen vollopen en zwijgen, wat in deze streek als een compliment geldt.",
    ),
    Quote(
        "Een dijk is geen muur. Een dijk is een afspraak die je elke winter opnieuw moet maken, met het water en met elkaar.",
        "Jitske Hornstra, dijkwacht",
    ),
    Heading("Een ronde van vier kilometer"),
    Text(
        "Terug in het noorden slaat het weer om. Na de regen komt de onrust: een front dat volgens de weerman niet bij \
         januari hoort, met onweer boven het open land. Jitske en haar maat Wiebe schuilen onder het afdak van het gemaal, want op een dijk \
         ben je bij onweer het hoogste punt. Om de paar tellen staat de hele polder in het licht: de kaarsrechte sloten, tot de \
         rand gevuld, en heel ver weg de schuur van Wiebes broer. Ze tellen hardop. Bij vijf seconden gaan ze weer lopen.\n\n\
         ‘Je leert de dijk kennen met je voeten,’ zegt Wiebe, die gepensioneerd huisschilder is en niet graag ’s nachts thuiszit. Bij \
         paal 31 is het gras zachter dan het zou moeten zijn. Hij gaat op zijn knieën zitten, legt zijn hand plat op de grond en wacht, \
         zoals je bij een paard zou doen. Dan noteert hij een cijfer in een schrift met een zeiltje eromheen. Om vier uur zal er iemand van het \
         waterschap komen kijken. Om zes uur liggen er zandzakken. In de krant zal het niet staan.",
    ),
    Photo(PhotoLayout::Wide, "20240112-polder-onweer.jpg"),
    Text(
        "Langs de binnenweg, waar de oude zeedijk loopt en de bomen de wind breken, hangt die ochtend mist. Het is de weg \
         waarover het dorp in 1825 vluchtte, met het vee voorop. De dijk daar keert allang geen water meer; ze noemen hem de slaper, en de \
         dijk erachter, die nooit iets anders heeft gedaan dan wachten, de dromer. Er is ook een waker, de dijk die aan zee ligt. Een \
         waker, een slaper, een dromer: het klinkt als een sprookje, maar het is een verzekeringspolis van aarde, driehonderd jaar \
         premie betaald met schoppen.",
    ),
    Photo(PhotoLayout::Column, "20240115-laan-mist.jpg"),
    Text(
        "Dan, van de ene dag op de andere, gaat de wind naar het noordoosten en bevriest alles wat de storm heeft achtergelaten. \
         Sneeuw dekt de akkers toe en even lijkt het land zijn eigen kaart te zijn: wit met donkere lijnen. Voor een dijk is vorst een \
         rustige gast. De klei wordt hard, de muizen blijven binnen, het water zakt een centimeter per uur. Het waterschap schaalt af naar code \
         geel. Jitske loopt die ochtend toch. Haar voetstappen zijn de enige langs het hek.\n\n\
         Ze vertelt over haar grootvader, die in de kelder een stapel jutezakken bewaarde, keurig gevouwen, voor het geval dat. Na zijn dood \
         wilde niemand ze hebben. Zij heeft ze meegenomen, een hele aanhanger vol, en in haar eigen schuur gelegd. ‘Ze zijn waarschijnlijk \
         vergaan,’ zegt ze. ‘Maar ik slaap er beter door.’",
    ),
    Photo(PhotoLayout::Wide, "20240119-polder-sneeuw.jpg"),
    Heading("Licht"),
    Text(
        "Op het eiland draait het licht zijn ronden, drie tellen aan en twaalf tellen uit, over een zee die doet alsof er niets is gebeurd. \
         Vanaf de omloop zie je wat de kaart belooft: een strook zand, een strook gras, een strook lichtjes, en verder \
         overal water. De laatste wachter ging hier weg toen de lamp een schakelklok kreeg. Zijn stoel staat er nog, met het gezicht naar het noordwesten.\n\n\
         Beneden op het strand lopen mensen met honden, voor het eerst in weken zonder capuchon. De zee heeft een meter duin \
         meegenomen en er een rij palen voor teruggegeven waarvan iedereen was vergeten dat ze bestonden. Morgen wordt het weer gewoon \
         donderdag. In haar gang zet Jitske de lamp aan de lader, naast de laarzen, de tenen naar de deur.",
    ),
    Photo(PhotoLayout::Full, "20240122-vuurtoren-nacht.jpg"),
    Group(
        GroupLayout::Side,
        &["20240125-strand-avond.jpg", "20240126-haven-steiger.jpg"],
    ),
];

const fn scene(family: Family, hour: Hour, weather: Weather, seed: u32) -> Scene {
    Scene {
        family,
        hour,
        weather,
        seed,
    }
}

static SHOTS: &[Shot] = &[
    Shot {
        file: "20240102-strand-buienlijn.jpg",
        scene: scene(Family::Coast, Hour::Day, Weather::Storm, 3),
        size: (6000, 4000),
        headline: "Buienlijn boven zee",
        caption: "Een buienlijn trekt over zee naar het eiland, een uur voor hoogwater. De palen van het strandhoofd verdwijnen bij elke \
                  golf een stukje verder.",
        alt: "Een donkere wolkenlucht met regensluiers boven een lichte zee; een rij houten palen loopt vanaf het strand het water in, links \
              en rechts buigt helmgras in de wind.",
        city: "West-Terschelling",
        taken: "2024:01:02 15:12:40",
        gps: (53.3652, 5.1873),
    },
    Shot {
        file: "20240103-haven-blauw-uur.jpg",
        scene: scene(Family::Harbour, Hour::Dusk, Weather::Clear, 11),
        size: (6000, 4000),
        headline: "De haven voor het tij",
        caption: "Het laatste licht boven de haven, enkele uren voor het hoogste tij. Achter de kade zijn de kelders al leeggehaald en \
                  staan de vloedplanken klaar.",
        alt: "Gevelhuizen met verlichte ramen langs een kade in de schemering, een kerktoren erachter; zeilboten en lantaarns spiegelen in \
              het water en op de voorgrond ligt een houten steiger.",
        city: "Harlingen",
        taken: "2024:01:03 17:08:21",
        gps: (53.1751, 5.4137),
    },
    Shot {
        file: "20240105-gracht-regen.jpg",
        scene: scene(Family::Rain, Hour::Night, Weather::Storm, 15),
        size: (4900, 4900),
        headline: "Regen op de gracht",
        caption: "De vijfde avond regen op rij. Het water in de gracht staat nog een halve meter onder de kade.",
        alt: "Kringen van regendruppels op een donkere gracht; een lantaarn en verlichte ramen van een rij huizen trekken gele strepen over \
              het water.",
        city: "Dokkum",
        taken: "2024:01:05 19:44:05",
        gps: (53.3254, 5.9992),
    },
    Shot {
        file: "20240108-wad-laagwater.jpg",
        scene: scene(Family::Flats, Hour::Dusk, Weather::Clear, 8),
        size: (8000, 3000),
        headline: "Laagwater",
        caption: "Laagwater op het wad, gezien vanaf de kruin van de zeedijk. Prikken van wilgentenen wijzen schepen de geul; over zes uur \
                  staat hier twee meter water.",
        alt: "Een geul slingert door natte zandplaten naar een gouden horizon met een lage zon; rechts steken dunne bakens van takken uit \
              het water.",
        city: "Holwerd",
        taken: "2024:01:08 16:31:17",
        gps: (53.3958, 5.8771),
    },
    Shot {
        file: "20240110-uiterwaard-boerderij.jpg",
        scene: scene(Family::Delta, Hour::Day, Weather::Storm, 2),
        size: (6000, 4000),
        headline: "Een erf in de rivier",
        caption: "De rivier staat tot aan de keukendeur van de laatste boerderij die nog bewoond wordt. De bewoner laat het licht branden, \
                  zodat men vanaf de dijk ziet dat hij er is.",
        alt: "Een boerderij met twee verlichte ramen staat in het water, naast een rij kale populieren; in de verte een kerktoren, vooraan \
              de paaltjes van een ondergelopen hek onder een grijze lucht.",
        city: "Wilsum",
        taken: "2024:01:10 14:20:52",
        gps: (52.5337, 5.9876),
    },
    Shot {
        file: "20240111-populieren-ochtend.jpg",
        scene: scene(Family::Delta, Hour::Dawn, Weather::Haze, 1),
        size: (6000, 4000),
        headline: "Windstil",
        caption: "De eerste ochtend zonder wind. Waar de populieren staan loopt in de zomer een fietspad.",
        alt: "Een rij kale populieren, steeds kleiner naar de lage zon toe, spiegelt in roerloos water met een zweem van mist; linksonder \
              riet, rechts de palen van een verdronken hek.",
        city: "Zalk",
        taken: "2024:01:11 08:52:33",
        gps: (52.5289, 5.9782),
    },
    Shot {
        file: "20240112-polder-onweer.jpg",
        scene: scene(Family::Field, Hour::Night, Weather::Storm, 7),
        size: (6000, 4000),
        headline: "Winteronweer",
        caption: "Onweer boven de polder, even na drieën in de nacht. De sloten staan tot de rand vol, de gemalen draaien al negen dagen \
                  onafgebroken.",
        alt: "Twee bliksems slaan in boven een vlakke polder; rechte sloten lopen als lichte strepen naar de horizon, waar een schuur met \
              een lamp staat.",
        city: "Sint Jacobiparochie",
        taken: "2024:01:12 03:07:09",
        gps: (53.2731, 5.5989),
    },
    Shot {
        file: "20240115-laan-mist.jpg",
        scene: scene(Family::Forest, Hour::Day, Weather::Haze, 10),
        size: (4000, 6000),
        headline: "De slaper",
        caption: "Mist op de slaperdijk, die sinds de zeventiende eeuw geen zee meer heeft gezien.",
        alt: "Een natte weg met gevallen blad verdwijnt tussen twee rijen kale bomen in dichte mist.",
        city: "Oudemirdum",
        taken: "2024:01:15 09:25:48",
        gps: (52.8496, 5.5352),
    },
    Shot {
        file: "20240119-polder-sneeuw.jpg",
        scene: scene(Family::Snow, Hour::Dawn, Weather::Clear, 18),
        size: (6000, 4000),
        headline: "Na de storm",
        caption: "De ochtend na de sneeuw. Eén spoor loopt langs het hek: dat van de dijkwacht, die haar ronde ook bij code geel loopt.",
        alt: "Voetstappen in een wit, glooiend sneeuwveld lopen langs een hek van houten palen naar een rij verre bomen; links staat de zon \
              laag in een roze lucht.",
        city: "Wommels",
        taken: "2024:01:19 09:01:14",
        gps: (53.1082, 5.5893),
    },
    Shot {
        file: "20240122-vuurtoren-nacht.jpg",
        scene: scene(Family::Night, Hour::Night, Weather::Storm, 14),
        size: (6000, 4000),
        headline: "Licht",
        caption: "Het licht van de vuurtoren reikt dertig zeemijl ver. Het pad ernaartoe is het hoogste van het eiland.",
        alt: "Een rood-wit gestreepte vuurtoren zwaait twee lichtbundels door een bewolkte avondlucht; een zandpad loopt door het duingras \
              naar de voet, daarachter ligt de zee.",
        city: "Hollum",
        taken: "2024:01:22 18:16:30",
        gps: (53.4492, 5.6257),
    },
    Shot {
        file: "20240125-strand-avond.jpg",
        scene: scene(Family::Coast, Hour::Dusk, Weather::Clear, 8),
        size: (6000, 4000),
        headline: "De palen",
        caption: "De storm heeft een meter duin weggeslagen en een vergeten palenrij blootgelegd. Volgens de oudste bewoners zijn het er \
                  meer dan vroeger.",
        alt: "Een strand in avondlicht: een rij houten palen loopt over het zand een kalme zee in, waarboven de zon ondergaat; vooraan \
              helmgras.",
        city: "De Koog",
        taken: "2024:01:25 16:58:02",
        gps: (53.0967, 4.7563),
    },
    Shot {
        file: "20240126-haven-steiger.jpg",
        scene: scene(Family::Harbour, Hour::Dusk, Weather::Clear, 77),
        size: (4000, 6000),
        headline: "De steiger",
        caption: "Vrijdagavond, half zes. De vloedplanken staan weer in het rek; op de steiger zijn de onderste treden voor het eerst \
                  in drie weken te zien.",
        alt: "Een houten steiger loopt in een glad, paars weerspiegelend water; aan de overkant masten, gevels met verlichte ramen en een \
              donkere kerktoren.",
        city: "Makkum",
        taken: "2024:01:26 17:28:55",
        gps: (53.0553, 5.4021),
    },
];
