//! What the real service has no need of: paths by which a rehearsal is looked at and steered. They answer on loopback
//! only, unsigned, and tell no secret.

use hyper::StatusCode;
use serde_json::json;

use super::{Received, Reply, Services, faults, plain};

/// The paths begin with this.
pub(super) const PREFIX: &str = "/_rehearsal/";

pub(super) fn answer(services: &Services, request: &Received, path: &str) -> Reply {
    match (request.method.as_str(), path) {
        ("GET", "instances") => instances(services),
        (_, "faults") => faults::control(&services.faults, request, services.account.clock.now()),
        (_, "instances") => plain(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "Use GET\n"),
        _ => plain(
            StatusCode::NOT_FOUND,
            "text/plain",
            "There are: GET /_rehearsal/instances and GET, PUT and DELETE /_rehearsal/faults\n",
        ),
    }
}

/// The instances that run, as the Auto Scaling API would list a group's: their ids, and where each has its metadata.
fn instances(services: &Services) -> Reply {
    let mut all = Vec::new();
    for stack in services.account.all() {
        all.extend(stack.instances().into_iter().map(|instance| {
            json!({
                "StackName": stack.name,
                "StackId": stack.id,
                "LogicalResourceId": instance.logical_id,
                "InstanceId": instance.instance_id,
                "MetadataEndpoint": instance.metadata.map(|address| format!("http://{address}")),
            })
        }));
    }
    let body = json!({ "Instances": all }).to_string();
    plain(StatusCode::OK, "application/json", body)
}
