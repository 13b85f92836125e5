//! Answers of the Query API, as XML or as JSON.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use serde_json::{Map, Value, json};

use super::Reply;
use crate::moment::Moment;

const NAMESPACE: &str = "http://cloudformation.amazonaws.com/doc/2010-05-15/";

/// How the client wants its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Xml,
    Json,
}

/// A result, to be written in either format.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Text(String),
    Time(Moment),
    Flag(bool),
    Number(u64),
    List(Vec<Node>),
    Map(Vec<(&'static str, Node)>),
}

/// The fields of a structure, in the order they are written in.
pub(super) type Fields = Vec<(&'static str, Node)>;

/// Adds a text that may not be there.
pub(super) fn push_text(fields: &mut Fields, name: &'static str, text: Option<&str>) {
    fields.extend(text.map(|text| (name, Node::text(text))));
}

impl Node {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// An error of the Query API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ApiError {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl ApiError {
    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self { status: 400, code: "ValidationError", message: message.into() }
    }

    pub(super) fn denied(message: impl Into<String>) -> Self {
        Self { status: 403, code: "AccessDenied", message: message.into() }
    }

    /// Whose fault it is.
    const fn fault(&self) -> &'static str {
        if self.status < 500 { "Sender" } else { "Receiver" }
    }
}

/// An action's result, `None` for an action that gives none.
pub(super) fn success(format: Format, action: &str, result: Option<&Node>, request_id: &str) -> Reply {
    let body = match format {
        Format::Json => {
            let mut response = Map::new();
            if let Some(result) = result {
                response.insert(format!("{action}Result"), json_of(result));
            }
            response.insert("ResponseMetadata".to_owned(), json!({ "RequestId": request_id }));
            let mut envelope = Map::new();
            envelope.insert(format!("{action}Response"), Value::Object(response));
            Value::Object(envelope).to_string().into_bytes()
        }
        Format::Xml => document(&format!("{action}Response"), |writer| {
            if let Some(result) = result {
                element(writer, &format!("{action}Result"), result);
            }
            let metadata = Node::Map(vec![("RequestId", Node::text(request_id))]);
            element(writer, "ResponseMetadata", &metadata);
        }),
    };
    reply(StatusCode::OK, format, body, request_id)
}

/// An error.
pub(super) fn failure(format: Format, error: &ApiError, request_id: &str) -> Reply {
    let body = match format {
        Format::Json => json!({
            "Error": { "Code": error.code, "Message": error.message, "Type": error.fault() },
            "RequestId": request_id,
        })
        .to_string()
        .into_bytes(),
        Format::Xml => document("ErrorResponse", |writer| {
            let what = Node::Map(vec![
                ("Type", Node::text(error.fault())),
                ("Code", Node::text(error.code)),
                ("Message", Node::text(error.message.as_str())),
            ]);
            element(writer, "Error", &what);
            element(writer, "RequestId", &Node::text(request_id));
        }),
    };
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    reply(status, format, body, request_id)
}

fn reply(status: StatusCode, format: Format, body: Vec<u8>, request_id: &str) -> Reply {
    let mut reply = Response::new(Full::new(Bytes::from(body)));
    *reply.status_mut() = status;
    let content_type = match format {
        Format::Xml => "text/xml",
        Format::Json => "application/json",
    };
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert("x-amzn-requestid", value);
    }
    reply
}

fn json_of(node: &Node) -> Value {
    match node {
        Node::Text(text) => Value::String(text.clone()),
        // Seconds, with their fraction.
        Node::Time(moment) => json!(moment.as_millis() as f64 / 1000.0),
        Node::Flag(flag) => Value::Bool(*flag),
        Node::Number(number) => json!(number),
        Node::List(nodes) => nodes.iter().map(json_of).collect(),
        Node::Map(fields) => fields
            .iter()
            .map(|(name, node)| ((*name).to_owned(), json_of(node)))
            .collect::<Map<_, _>>()
            .into(),
    }
}

type Xml = Writer<Vec<u8>>;

fn document(root: &str, content: impl FnOnce(&mut Xml)) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    let mut start = BytesStart::new(root);
    start.push_attribute(("xmlns", NAMESPACE));
    write(&mut writer, Event::Start(start));
    content(&mut writer);
    write(&mut writer, Event::End(BytesEnd::new(root)));
    writer.into_inner()
}

fn element(writer: &mut Xml, name: &str, node: &Node) {
    write(writer, Event::Start(BytesStart::new(name)));
    match node {
        Node::Text(text) => write(writer, Event::Text(BytesText::new(&in_xml(text)))),
        Node::Time(moment) => write(writer, Event::Text(BytesText::new(&moment.iso_8601()))),
        Node::Flag(flag) => write(writer, Event::Text(BytesText::new(if *flag { "true" } else { "false" }))),
        Node::Number(number) => write(writer, Event::Text(BytesText::new(&number.to_string()))),
        Node::List(nodes) => nodes.iter().for_each(|node| element(writer, "member", node)),
        Node::Map(fields) => fields.iter().for_each(|(name, node)| element(writer, name, node)),
    }
    write(writer, Event::End(BytesEnd::new(name)));
}

/// With a mark in place of each character that XML cannot have at all (<https://www.w3.org/TR/xml/#charsets>): requests may
/// hold them, and errors repeat them.
fn in_xml(text: &str) -> String {
    let is_none = |it: char| (it < ' ' && !"\t\n\r".contains(it)) || matches!(it, '\u{fffe}' | '\u{ffff}');
    text.chars().map(|it| if is_none(it) { char::REPLACEMENT_CHARACTER } else { it }).collect()
}

fn write(writer: &mut Xml, event: Event<'_>) {
    // Into memory: there is nothing that can fail.
    let _ = writer.write_event(event);
}

#[cfg(test)]
mod tests {
    use super::in_xml;

    #[test]
    fn what_xml_cannot_have_is_marked() {
        assert_eq!(in_xml("a\0\u{1b}[1m\u{ffff}\t\n\u{1f600}"), "a\u{fffd}\u{fffd}[1m\u{fffd}\t\n\u{1f600}");
    }
}
