//! What the examples share, and an application has already: arguments, an HTTP client, a clock.
use std::time::{Duration, SystemTime};

use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

/// `PROGRAM COMPONENT ENDPOINT REGION STACK RESOURCE ID`
pub struct Arguments {
    pub component: String,
    pub endpoint: String,
    pub region: String,
    pub stack: String,
    pub resource: String,
    pub id: String,
}

impl Arguments {
    pub fn read() -> Self {
        let mut all = std::env::args().skip(1);
        let mut next = || all.next().expect("COMPONENT ENDPOINT REGION STACK RESOURCE ID");
        let (component, endpoint, region) = (next(), next(), next());
        Self { component, endpoint, region, stack: next(), resource: next(), id: next() }
    }
}

/// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.
pub fn keys() -> Option<(String, String)> {
    Some((std::env::var("AWS_ACCESS_KEY_ID").ok()?, std::env::var("AWS_SECRET_ACCESS_KEY").ok()?))
}

/// Status, headers, body; `None` where no answer came.
pub type Answer = Option<(u16, Vec<(String, String)>, Vec<u8>)>;

/// Sends a request as it is; redirects are answers.
pub fn exchange(
    method: &str,
    uri: &str,
    headers: &[(String, String)],
    body: Vec<u8>,
    timeout: u32,
) -> Answer {
    let timeout = Some(Duration::from_millis(timeout.into()));
    let settings = ureq::config::Config::builder().http_status_as_error(false).max_redirects(0).proxy(None);
    let client = ureq::Agent::new_with_config(settings.timeout_global(timeout).build());
    let request = ureq::http::Request::builder().method(method).uri(uri);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    let mut answer = client.run(request.body(body).ok()?).ok()?;
    let text = |value: &ureq::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = answer.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let body = answer.body_mut().with_config().limit(65_536).read_to_vec().unwrap_or_default();
    Some((answer.status().as_u16(), headers, body))
}

/// Unix milliseconds.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    since.as_millis().try_into().unwrap_or(u64::MAX)
}

/// What a store with WASI holds.
#[derive(Default)]
pub struct State(WasiCtx, WasiHttpCtx, ResourceTable);

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.0, table: &mut self.2 }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.1, table: &mut self.2, hooks: Default::default() }
    }
}
