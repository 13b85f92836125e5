//! The rehearsal's: templates, user data, requests.

pub mod mime;
pub mod requests;
pub mod template;
pub mod user_data;
