//! `reportage demo`: the whole product on a data folder of its own.

use crate::config::Config;

/// Serves a demonstration, filling its data folder first when it is new.
pub(super) fn demo(config: Config) -> anyhow::Result<()> {
    super::serve::run(config, async |_| Ok(()))
}
