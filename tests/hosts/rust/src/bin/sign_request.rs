//! Signs a request with signer.wasm and prints the signature. It sends nothing, and the component could not. To try it:
//! sign_request SIGNER.WASM REQUEST.JSON

use std::{env, fs::File};
use wasmtime::{Engine, Result, Store, component::Component, component::Linker};

wasmtime::component::bindgen!({ path: "../../../wit", world: "signer" });
use {cfn::sigv4::types::AccessKey, exports::cfn::sigv4::signing::*};

/// What to sign, and with which key.
#[derive(serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Asked {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
    region: String,
    service: String,
    signed_at: u64,
    access_key_id: String,
    secret_access_key: String,
}

fn main() -> Result<()> {
    let argument = |n| env::args().nth(n).unwrap_or_default();
    let asked: Asked = serde_json::from_reader(File::open(argument(2))?)?;
    let engine = Engine::default();
    let component = Component::from_file(&engine, argument(1))?;
    let linker = Linker::new(&engine); // stays empty: nothing is imported but types
    let mut store = Store::new(&engine, ());
    let signing = Signer::instantiate(&mut store, &component, &linker)?;
    let guest = signing.cfn_sigv4_signing().signer();
    let signer = guest.call_constructor(&mut store)?; // keep it: the next signature costs a fraction

    let payload = Payload::Bytes(asked.body.into_bytes());
    let request = Request { method: asked.method, uri: asked.url, headers: asked.headers, payload };
    let (id, secret) = (asked.access_key_id, asked.secret_access_key);
    let key = AccessKey { id, secret, session_token: None, expires_at: None };
    let scope = Scope { region: asked.region, service: asked.service, signed_at: asked.signed_at };
    let settings = None; // Amazon S3 needs some: `signing_settings().call_s3(…)`
    let signed = guest.call_sign(&mut store, signer, &request, &key, &scope, settings)??;
    signer.resource_drop(&mut store)?; // which overwrites the keys that it derived
    println!("{}", signed.signature); // signed.headers is what to add to the request
    Ok(())
}
