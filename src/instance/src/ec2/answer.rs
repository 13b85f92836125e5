//! EC2's answers: `<DescribeTagsResponse><tagSet><item><key/><value/></item></tagSet></DescribeTagsResponse>`, and
//! `<Response><Errors><Error><Code/><Message/></Error></Errors><RequestID/></Response>`.

use cfn_signal_core::xml;

/// What is taken of an answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// Keys and values; `None` where it is not a whole answer with tags.
    pub(super) tags: Option<Vec<(String, String)>>,
    pub(super) code: String,
    pub(super) message: String,
    /// AWS's id of the request; empty where somebody else answers.
    pub(super) request_id: String,
}

impl Answer {
    pub(super) fn read(text: &str) -> Self {
        let (mut answer, mut tags) = (Self::default(), Vec::new());
        let (mut key, mut whole) = (String::new(), false);
        xml::elements(text.trim_start_matches('\u{feff}').trim_start(), |parent, name, held| {
            match (parent, name) {
                ("item", "key") => held.clone_into(&mut key),
                ("item", "value") => tags.push((std::mem::take(&mut key), held.to_owned())),
                ("Error", "Code") => held.trim().clone_into(&mut answer.code),
                ("Error", "Message") => held.trim().clone_into(&mut answer.message),
                ("Response", "RequestID") => held.trim().clone_into(&mut answer.request_id),
                ("", "DescribeTagsResponse") => whole = true,
                _ => {}
            }
        });
        answer.tags = whole.then_some(tags);
        answer
    }
}
