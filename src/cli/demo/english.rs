//! The English story: a road from wheat to sand, told in photographs with few words between them. Invented, as are the people in it.

use super::people;
use super::stories::Piece::{Group, Heading, Photo, Quote, Text};
use super::stories::{Country, Piece, Shot, Tale};
use crate::story::document::{GroupLayout, PhotoLayout};
use reportage_scenes::{Family, Hour, Scene, Weather};

/// “A Year on the Road South”.
pub static TALE: Tale = Tale {
    slug: "a-year-on-the-road-south",
    title: "A Year on the Road South",
    standfirst: Some(
        "Eight hundred kilometres, from wheat to sand, in the passenger seat of a lorry that carries whatever the season asks for. Four \
         journeys over the Atlas, and what stood beside the road.",
    ),
    byline: Some("Photographs and text by Tamsin Arkwell"),
    language: "en",
    date: Some("2023"),
    tags: &["mountains", "roads", "Morocco"],
    photographer: &people::TAMSIN,
    country: Country {
        name: "Morocco",
        code: "MAR",
    },
    shots: SHOTS,
    pieces: PIECES,
    set_aside: &[],
    published: true,
};

static PIECES: &[Piece] = &[
    Photo(PhotoLayout::Full, "atlas-0412.jpg"),
    Text(
        "Hamou has driven this road for twenty-six years and will not hear it called long. North to south it takes him two days: one for \
         the mountains, one for everything that the mountains keep from the rain. He carries flour down and dates up, and in between \
         whatever fits. In the cab there is a kettle, a prayer rug, a spare fan belt and, for the four journeys of this story, me.",
    ),
    Photo(PhotoLayout::Wide, "atlas-0087.jpg"),
    Photo(PhotoLayout::Column, "atlas-0131.jpg"),
    Heading("Over"),
    Text(
        "The pass decides. In February it was shut for five days, and the drivers slept in a row below the barrier with their engines \
         running by turns, so that one warm cab would do for four. When the plough had been through, nobody hooted. They went up one by \
         one, at walking pace, between the poles.",
    ),
    Photo(PhotoLayout::Wide, "atlas-0203.jpg"),
    Photo(PhotoLayout::Full, "atlas-0219.jpg"),
    Quote(
        "You don’t cross the mountains. You ask, and you wait for the answer.",
        "Hamou, driver",
    ),
    Heading("Down"),
    Group(GroupLayout::Side, &["atlas-0388.jpg", "atlas-0447.jpg"]),
    Text(
        "South of the watershed every green thing has an owner. Poplars stand where somebody planted them, for the roof beams of a \
         grandchild’s house. The villages climb the hills to leave the flat ground to the barley, and at dusk the windows come on from the \
         bottom up, as the electricity does.",
    ),
    Photo(PhotoLayout::Wide, "atlas-0465.jpg"),
    Heading("Out"),
    Photo(PhotoLayout::Full, "atlas-0502.jpg"),
    Text(
        "After the last fuel pump the road is a matter of opinion. Hamou follows his own ruts from the month before. Where they are gone he \
         stops, walks ahead with his hands behind his back, and comes back having decided something. He has never told me what it is.",
    ),
    Group(GroupLayout::Side, &["atlas-0533.jpg", "atlas-0540.jpg"]),
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
        file: "atlas-0087.jpg",
        scene: scene(Family::Field, Hour::Dusk, Weather::Storm, 6),
        size: (6000, 4000),
        headline: "Before the harvest",
        caption: "A dry thunderstorm over the wheat, two days before the harvest. The flour of this plain is what goes south; the farmers \
                  stood at the edge of the field with wet sacks until it had passed.",
        alt: "Lightning strikes beyond a ripe wheat field under violet clouds; two wheel tracks lead through the wheat to a line of trees on \
              the horizon.",
        city: "Meknes",
        taken: "2023:06:14 20:41:10",
        gps: (33.9012, -5.4876),
    },
    Shot {
        file: "atlas-0131.jpg",
        scene: scene(Family::Forest, Hour::Dawn, Weather::Haze, 9),
        size: (4000, 6000),
        headline: "The wood",
        caption: "First light in the wood above the plain. Nobody plants here; what burns in the kettles of the drivers has fallen by \
                  itself.",
        alt: "Rows of conifers on a slope fade one behind the other into bright morning fog under a pale sun.",
        city: "Azrou",
        taken: "2023:02:09 08:14:36",
        gps: (33.4187, -5.1743),
    },
    Shot {
        file: "atlas-0203.jpg",
        scene: scene(Family::Snow, Hour::Day, Weather::Clear, 19),
        size: (6000, 4000),
        headline: "The pass, opened",
        caption: "The first ruts after five days. The poles are two and a half metres tall; in some winters only the top band shows.",
        alt: "Wheel ruts wind through deep snow between red and white marker poles towards a ridge of rocky, snow-covered peaks.",
        city: "Timahdite",
        taken: "2023:02:13 11:27:55",
        gps: (33.0312, -5.0689),
    },
    Shot {
        file: "atlas-0219.jpg",
        scene: scene(Family::Ridges, Hour::Dusk, Weather::Haze, 17),
        size: (8000, 3000),
        headline: "From the top",
        caption: "From the watershed one can count eleven ridges on a clear evening. The tree is a juniper; drivers tie a thread to it and \
                  do not say what for.",
        alt: "A lone round tree on a red slope before range after range of mountains that fade into a pink evening haze.",
        city: "Imilchil",
        taken: "2023:09:30 18:12:20",
        gps: (32.1556, -5.6347),
    },
    Shot {
        file: "atlas-0388.jpg",
        scene: scene(Family::Delta, Hour::Day, Weather::Clear, 3),
        size: (6000, 4000),
        headline: "Roof beams",
        caption: "Poplars along the river in the second week of November. Each family knows its own trees by number.",
        alt: "Golden and green poplars line a still river below bare red mountains; rounded stones lie in the shallow water in front.",
        city: "Boumalne Dades",
        taken: "2023:11:11 10:36:02",
        gps: (31.3725, -5.9912),
    },
    Shot {
        file: "atlas-0412.jpg",
        scene: scene(Family::Ridges, Hour::Dawn, Weather::Clear, 16),
        size: (6000, 4000),
        headline: "The road is down there somewhere",
        caption: "Sunrise over the High Atlas, seen from the last bend of the old road. The new one runs in the third valley, under the mist.",
        alt: "Layer upon layer of mountain ridges in golden morning mist with snow on the higher peaks; dark conifers stand on a slope at the \
              left.",
        city: "Midelt",
        taken: "2023:04:22 06:58:41",
        gps: (32.5318, -4.7604),
    },
    Shot {
        file: "atlas-0447.jpg",
        scene: scene(Family::Ridges, Hour::Dawn, Weather::Clear, 47),
        size: (4000, 6000),
        headline: "The other side",
        caption: "The southern slope, the same morning. From here on it rains, on average, eleven days a year.",
        alt: "Hazy mountain ridges under a pale morning sun, stacked one behind the other up to the horizon; conifers in silhouette below.",
        city: "Rich",
        taken: "2023:04:22 07:49:03",
        gps: (32.2589, -4.5011),
    },
    Shot {
        file: "atlas-0465.jpg",
        scene: scene(Family::Hilltown, Hour::Dusk, Weather::Clear, 12),
        size: (6000, 4000),
        headline: "Windows",
        caption: "The village at the hour of bread. Hamou was born behind the fourth lit window from the left, and points it out each time.",
        alt: "Earthen houses with lit windows climb a hill to a minaret at dusk, with palms in silhouette and blue mountains behind.",
        city: "Agdz",
        taken: "2023:11:12 18:03:47",
        gps: (30.6978, -6.4489),
    },
    Shot {
        file: "atlas-0502.jpg",
        scene: scene(Family::Desert, Hour::Day, Weather::Haze, 4),
        size: (6000, 4000),
        headline: "After the last pump",
        caption: "A lorry coming up with dates. The drivers stop beside each other with their windows down, for exactly one cigarette.",
        alt: "A sandy track with wheel ruts runs through a stony plain towards an approaching lorry with its lights on, trailing dust; hills in \
              the haze behind.",
        city: "Tazzarine",
        taken: "2023:11:14 09:22:18",
        gps: (30.7791, -5.5702),
    },
    Shot {
        file: "atlas-0533.jpg",
        scene: scene(Family::Desert, Hour::Dusk, Weather::Clear, 5),
        size: (6000, 4000),
        headline: "Where the flour goes",
        caption: "The end of the road, a quarter of an hour before sunset. Behind the second crest live nineteen families and a baker.",
        alt: "A sharp dune crest curves through orange sand with wind ripples, one side lit by a low sun and the other in shadow.",
        city: "M’Hamid",
        taken: "2023:11:15 17:11:29",
        gps: (29.8204, -5.7216),
    },
    Shot {
        file: "atlas-0540.jpg",
        scene: scene(Family::Night, Hour::Night, Weather::Clear, 13),
        size: (4000, 6000),
        headline: "Half past nine",
        caption: "The baker’s house. He lights the oven when the Milky Way stands on the ridge.",
        alt: "The Milky Way rises over dark hills; at the lower left a small house with one lit window and a lit door.",
        city: "M’Hamid",
        taken: "2023:11:15 21:33:50",
        gps: (29.8231, -5.7188),
    },
];
