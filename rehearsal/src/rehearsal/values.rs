//! The values of a rehearsal: from options and files, and made up where that is asked for.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::{Options, SetupError};
use crate::ids::Home;
use crate::stack::STACK_TYPE;
use crate::template::{MadeUp, OWN, PATH, Supplied, Template, TemplateError, resource_of};
use crate::values::{FileValues, Filled, ValuesError, fill, read};

/// The environment of a samconfig.toml unless told.
const ENVIRONMENT: &str = "default";

/// Every value.
pub(super) struct Values {
    /// Of the template's parameters.
    pub(super) parameters: BTreeMap<String, String>,
    /// Of the parameters of the template that it is updated from.
    pub(super) old_parameters: BTreeMap<String, String>,
    /// For what only the real service knows.
    pub(super) supplied: Supplied,
    /// What was made up for parameters.
    pub(super) filled: Vec<MadeUp>,
    /// The same of those whose values are not told for what they are.
    pub(super) unsecret: Vec<String>,
    /// What to say of the files.
    pub(super) remarks: Vec<String>,
}

/// Reads and combines the values of a rehearsal.
pub(super) fn gather(
    options: &Options,
    template: Option<&Template>,
    before: Option<&Template>,
) -> Result<Values, SetupError> {
    let mut remarks = Vec::new();
    let new = files(options, &options.parameter_files, template, before, &mut remarks)?;
    let old = files(options, &options.old_parameter_files, before, None, &mut remarks)?;
    let mut supplied = supplied(options, &new, template, before, &mut remarks)?;

    let is_new = |name: &String| template.is_none_or(|it| it.parameters().iter().any(|it| it.name == *name));
    let (mut parameters, mut old_parameters): (BTreeMap<_, _>, BTreeMap<_, _>) =
        new.parameters.into_iter().partition(|(name, _)| is_new(name));
    parameters.extend(options.parameters.clone());
    old_parameters.extend(old.parameters);
    old_parameters.extend(options.old_parameters.clone());
    keep_previous(new.previous.iter(), before, &old_parameters, &mut parameters, &mut remarks);

    let mut filled = Vec::new();
    let home = Home { region: &options.region, account_id: &options.account_id };
    if let Some(template) = template.filter(|_| options.fill) {
        filled = fill(template, home, &mut parameters, &mut supplied)?;
    }
    if let Some(before) = before {
        // Unless told, a parameter had the value that it has.
        for declared in before.parameters() {
            if let (Some(value), false) =
                (parameters.get(&declared.name), old_parameters.contains_key(&declared.name))
            {
                old_parameters.insert(declared.name.clone(), value.clone());
            }
        }
        if options.fill {
            filled.extend(fill(before, home, &mut old_parameters, &mut supplied)?);
        }
    }
    for template in template.iter().chain(before.iter()) {
        names_or_values(template, &parameters, &supplied, &mut remarks);
    }
    remarks.dedup();
    let unsecret = filled.iter().filter(|it| it.no_echo).map(|it| it.value.clone()).collect();
    Ok(Values {
        unsecret,
        parameters,
        old_parameters,
        supplied,
        filled: filled.into_iter().map(told).collect(),
        remarks,
    })
}

impl fmt::Debug for Options {
    /// Without the values, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("template", &self.template)
            .field("update_from", &self.update_from)
            .field("stack_name", &self.stack_name)
            .field("region", &self.region)
            .field("parameters", &self.parameters.keys())
            .field("parameter_files", &self.parameter_files)
            .field("old_parameters", &self.old_parameters.keys())
            .field("old_parameter_files", &self.old_parameter_files)
            .field("attributes", &self.attributes.keys())
            .field("refs", &self.refs.keys())
            .field("imports", &self.imports.keys())
            .field("resolve", &self.resolve.keys())
            .field("clock", &self.clock)
            .field("listen", &self.listen)
            .field("resources", &self.resources)
            .finish_non_exhaustive()
    }
}

fn told(filled: Filled) -> MadeUp {
    let Filled { name, value, no_echo } = filled;
    MadeUp { name, value: if no_echo { "****".to_owned() } else { value } }
}

/// Several files at once: later ones win. Parameters that neither template has are left out, for one file may be for
/// several templates.
fn files(
    options: &Options,
    paths: &[PathBuf],
    template: Option<&Template>,
    other: Option<&Template>,
    remarks: &mut Vec<String>,
) -> Result<FileValues, ValuesError> {
    let mut all = FileValues::default();
    let environment = options.config_env.as_deref().unwrap_or(ENVIRONMENT);
    let has = |template: Option<&Template>, name: &str| {
        template.is_some_and(|it| it.parameters().iter().any(|it| it.name == name))
    };
    for path in paths {
        let mut file = read(path, environment)?;
        if template.is_some() {
            let mut unknown = Vec::new();
            file.parameters.retain(|name, _| {
                let known = has(template, name) || has(other, name);
                if !known {
                    unknown.push(name.clone());
                }
                known
            });
            if !unknown.is_empty() {
                remarks.push(format!(
                    "{}: the template has no parameter {}",
                    shown(path),
                    unknown.join(", ")
                ));
            }
        }
        file.previous.retain(|name| has(template, name));
        all.parameters.append(&mut file.parameters);
        all.previous.append(&mut file.previous);
        all.attributes.append(&mut file.attributes);
        all.references.append(&mut file.references);
        all.imports.append(&mut file.imports);
        all.resolved.append(&mut file.resolved);
    }
    Ok(all)
}

/// What is given beside parameters.
fn supplied(
    options: &Options,
    files: &FileValues,
    template: Option<&Template>,
    before: Option<&Template>,
    remarks: &mut Vec<String>,
) -> Result<Supplied, SetupError> {
    let may_have =
        |path: &str| template.is_none_or(|it| has(it, path)) || before.is_some_and(|it| has(it, path));
    let ids = |name: &String| resource_of(name).to_owned();
    for logical_id in options.attributes.keys().map(ids).chain(options.refs.keys().cloned()) {
        if let (false, Some(template)) = (may_have(&logical_id), template) {
            let logical_id = logical_id.split(PATH).next().unwrap_or_default().to_owned();
            if let Some(resource_type) = template.resource_type(&logical_id) {
                let known = "only what nested stacks have is given by its path".to_owned();
                let (file, resource_type) = (template.name().to_owned(), resource_type.to_owned());
                return Err(TemplateError::NotAnInstance { file, logical_id, resource_type, known }.into());
            }
            let known: Vec<_> = template.resource_ids().take(10).collect();
            let known = format!("the template has {}", known.join(", "));
            let file = template.name().to_owned();
            return Err(TemplateError::NotThere { file, logical_id, known }.into());
        }
    }
    let unknown: Vec<_> = files
        .attributes
        .keys()
        .map(ids)
        .chain(files.references.keys().cloned())
        .filter(|logical_id| !may_have(logical_id))
        .collect();
    if !unknown.is_empty() {
        remarks
            .push(format!("the template has no resource {}, of which a file has values", unknown.join(", ")));
    }
    let mut supplied = Supplied::default();
    supplied.attributes = joined(&files.attributes, &options.attributes);
    supplied.references = joined(&files.references, &options.refs);
    supplied.imports = joined(&files.imports, &options.imports);
    for (reference, value) in files.resolved.iter().chain(&options.resolve) {
        supplied.resolve(reference, value);
    }
    for logical_id in supplied.references.keys() {
        let kind = template.and_then(|it| it.resource_type(logical_id)).unwrap_or_default();
        if OWN.contains(&kind) {
            let (logical_id, resource_type) = (logical_id.clone(), kind.to_owned());
            return Err(ValuesError::Own { logical_id, resource_type }.into());
        }
    }
    Ok(supplied)
}

/// Whether a template may have a resource, or the nested stack that a path begins with.
fn has(template: &Template, path: &str) -> bool {
    match path.split_once(PATH) {
        None => template.may_have(path),
        Some((id, _)) => {
            template.may_have(id) && template.resource_type(id).is_none_or(|it| it == STACK_TYPE)
        }
    }
}

fn joined(files: &BTreeMap<String, String>, options: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    files.iter().chain(options).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// `UsePreviousValue`: what the stack has.
fn keep_previous<'n>(
    names: impl Iterator<Item = &'n String>,
    before: Option<&Template>,
    old: &BTreeMap<String, String>,
    parameters: &mut BTreeMap<String, String>,
    remarks: &mut Vec<String>,
) {
    for name in names {
        if parameters.contains_key(name) {
            continue;
        }
        let declared = before.and_then(|it| it.parameters().iter().find(|it| it.name == *name));
        let previous = declared.and_then(|declared| old.get(name).or(declared.default.as_ref()));
        match (previous, before) {
            (Some(value), _) => {
                parameters.insert(name.clone(), value.clone());
            }
            (None, None) => {
                remarks.push(format!("{name}: there is no previous value to use, so it counts as not given"))
            }
            (None, Some(_)) => {
                remarks.push(format!("{name}: give its previous value with --old-param {name}=VALUE"))
            }
        }
    }
}

/// An SSM-typed parameter has a name on AWS; what nothing is known under is taken for the value.
fn names_or_values(
    template: &Template,
    parameters: &BTreeMap<String, String>,
    supplied: &Supplied,
    remarks: &mut Vec<String>,
) {
    for parameter in template.parameters().iter().filter(|it| it.is_stored() && !it.no_echo) {
        let Some(given) = parameters.get(&parameter.name).filter(|it| it.starts_with('/')) else { continue };
        if supplied.stored(given).is_none() && Some(given) != parameter.default.as_ref() {
            remarks.push(format!(
                "{}: {given} is taken for the value itself; where it is a name in Systems Manager, say what it stands for with \
                 --resolve ssm:{given}=VALUE",
                parameter.name
            ));
        }
    }
}

fn shown(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}
