//! What the measurements have in common: [`spread`] of samples, [`page`] of results, and what the programs tell each other
//! ([`cells`]). What is measured is in the folders above.

pub mod cells;
pub mod figures;
pub mod page;
pub mod spread;
