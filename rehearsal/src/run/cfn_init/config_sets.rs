//! Which configs run, in their order.

use serde_json::Value as Json;

use super::text_of;

/// The configs of these config sets, one after another. Without any config set the one called `config` is the default.
pub(super) fn configs(init: &Json, sets: &[String]) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for set in sets {
        expand(init, set, &mut Vec::new(), &mut found)?;
    }
    Ok(found)
}

fn expand(init: &Json, set: &str, outer: &mut Vec<String>, found: &mut Vec<String>) -> Result<(), String> {
    if outer.iter().any(|it| it == set) {
        return Err(format!("config set {set} has itself in it"));
    }
    let Some(value) = init.get("configSets").and_then(|sets| sets.get(set)) else {
        if set == "default" {
            found.push("config".to_owned());
            return Ok(());
        }
        return Err(format!("there is no config set {set}"));
    };
    outer.push(set.to_owned());
    let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    for item in items {
        match (item.get("ConfigSet").and_then(Json::as_str), text_of(item)) {
            (Some(inner), _) => expand(init, inner, outer, found)?,
            (None, Some(config)) => found.push(config),
            (None, None) => {
                return Err(format!("config set {set} has something in it that is no config's name"));
            }
        }
    }
    outer.pop();
    Ok(())
}
