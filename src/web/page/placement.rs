//! Where a picture stands on the page, and how wide it is there: the classes and the `sizes` that must tell the same as
//! `static/reader.css`.
//!
//! The design changes at 680 px and 1320 px. Margins are 20 px, the text column is 640 px, wide frames are 1280 px, both never wider than
//! the window without its margins. All widths below are CSS pixels.

/// Both margins together.
const MARGINS_PX: f64 = 40.0;
/// A wide frame's largest width.
const WIDE_PX: f64 = 1_280.0;
/// Space between the frames of a group.
const GAP_PX: f64 = 16.0;

/// A picture's place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Placement {
    /// The opening, from edge to edge.
    OpeningFull,
    /// The opening, with the title beside it where there is room.
    OpeningBeside,
    /// The opening with an upright picture, with the title beside it above 680 px.
    OpeningUpright,
    /// As wide as the text.
    Column,
    /// Wider than the text.
    Wide,
    /// From edge to edge.
    Full,
    /// An upright photo that would be higher than any window if it stood wide or full.
    Tall,
    /// One of several in a row, equally high.
    Side {
        /// Its part of the row's pictures, 0 to 1.
        share: f64,
        /// Frames in the row.
        frames: u32,
    },
    /// One of two columns.
    Grid,
    /// The last of an odd number, over both columns.
    GridWhole,
    /// The first story of a list.
    FirstCard,
    /// Another story of a list.
    Card,
}

impl Placement {
    /// The value of `sizes`: how wide the picture is in each design.
    pub(super) fn sizes(self) -> String {
        match self {
            Self::OpeningFull | Self::Full => "100vw".to_owned(),
            Self::OpeningBeside => "(max-width:1320px) 100vw,66.67vw".to_owned(),
            Self::OpeningUpright => "(max-width:680px) 100vw,46vw".to_owned(),
            Self::Column => "(max-width:680px) calc(100vw - 40px),640px".to_owned(),
            Self::Wide | Self::GridWhole => {
                "(max-width:680px) 100vw,(max-width:1320px) calc(100vw - 40px),1280px".to_owned()
            }
            Self::Tall => "(max-width:680px) 100vw,(max-width:800px) calc(100vw - 40px),760px".to_owned(),
            Self::Side { share, frames } => row(share, f64::from(frames.saturating_sub(1)) * GAP_PX),
            Self::Grid => row(0.5, GAP_PX),
            Self::FirstCard => {
                "(max-width:680px) 100vw,(max-width:1320px) calc(100vw - 40px),827px".to_owned()
            }
            Self::Card => {
                "(max-width:680px) calc(100vw - 40px),(max-width:1320px) calc(50vw - 36px),400px".to_owned()
            }
        }
    }

    /// The figure's class for the layout; empty where the surroundings tell.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Full => "full",
            Self::Tall => "tall",
            Self::GridWhole => "whole",
            _ => "",
        }
    }
}

/// A picture's part of a row that is as wide as a wide frame.
fn row(share: f64, gaps_px: f64) -> String {
    let percent = share * 100.0;
    let narrower_px = share * (MARGINS_PX + gaps_px);
    let widest_px = share * (WIDE_PX - gaps_px);
    format!(
        "(max-width:680px) 100vw,(max-width:1320px) calc({percent:.2}vw - {narrower_px:.0}px),{widest_px:.0}px"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_of_equal_pictures_shares_the_wide_width() {
        let pair = Placement::Side {
            share: 0.5,
            frames: 2,
        };
        assert_eq!(
            pair.sizes(),
            "(max-width:680px) 100vw,(max-width:1320px) calc(50.00vw - 28px),632px"
        );
        assert_eq!(pair.sizes(), Placement::Grid.sizes());
    }

    #[test]
    fn a_frame_in_a_row_of_three_takes_its_own_part() {
        let third = Placement::Side {
            share: 0.25,
            frames: 3,
        };
        assert_eq!(
            third.sizes(),
            "(max-width:680px) 100vw,(max-width:1320px) calc(25.00vw - 18px),312px"
        );
    }

    #[test]
    fn every_layout_changes_where_the_design_changes() {
        assert_eq!(Placement::Full.sizes(), "100vw");
        assert_eq!(
            Placement::Column.sizes(),
            "(max-width:680px) calc(100vw - 40px),640px"
        );
        assert!(Placement::Wide.sizes().contains("680px") && Placement::Wide.sizes().contains("1320px"));
    }
}
