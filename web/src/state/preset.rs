//! What a new file is made from.

use lb_model::{
    leaderboard::Edition,
    preset::{GpuImage, Preset},
};

/// The account of AWS' own examples, for the figures of the start screen.
const EXAMPLE_ACCOUNT: &str = "111122223333";
/// The family that an image of the operator's own is offered to be made from.
const OWN_FAMILY: &str = "Ubuntu2404";

/// An image of the operator's own, whose id is still to be given.
pub(crate) fn own_image(id: &str) -> GpuImage {
    GpuImage::Own {
        family: OWN_FAMILY.to_owned(),
        id: id.to_owned(),
    }
}

/// The answers that a new file of an edition begins with. 1.0 draws on an X server, which needs an image of the
/// operator's own.
pub(crate) fn begin(edition: Edition) -> Preset {
    let image = match edition {
        Edition::V1 => own_image(""),
        Edition::V2 => GpuImage::Stock,
    };
    Preset::current(edition, "", image)
}

/// The text of an edition's preset with example answers.
pub(crate) fn example(edition: Edition) -> String {
    let image = match edition {
        Edition::V1 => own_image(GpuImage::PLACEHOLDER),
        Edition::V2 => GpuImage::Stock,
    };
    Preset::current(edition, EXAMPLE_ACCOUNT, image)
        .yaml()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_editions_have_figures() {
        for edition in Edition::ALL {
            assert!(example(edition).contains("nodeGroups:"), "{edition:?}");
        }
    }
}
