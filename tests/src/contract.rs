//! What the contract in `wit/` promises: releases of one compatible version only add to it, and each component is what
//! its world says.

use std::path::{Path, PathBuf};
use std::process::Command;

use wit_parser::{PackageId, Resolve, WorldId};

/// Why a promise is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The WIT cannot be read, or git cannot give it: why.
    Unreadable(String),
    /// A world of the release is no more.
    WorldGone(String),
    /// A host written for the release cannot run a component of this world: the world, and why.
    NotAdditive(String, String),
    /// The world has grown and the package's version has not.
    SameVersion(String),
    /// The component does not fit its world: the world, and why.
    OffTarget(String, String),
}

impl std::fmt::Display for Broken {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreadable(why) => write!(out, "the contract cannot be read: {why}"),
            Self::WorldGone(world) => write!(out, "world {world}: removed since the release"),
            Self::NotAdditive(world, why) => {
                write!(out, "world {world}: a host written for the release cannot run it any more: {why}")
            }
            Self::SameVersion(world) => {
                write!(
                    out,
                    "world {world}: has grown since the release; raise the package's version in wit/types.wit"
                )
            }
            Self::OffTarget(world, why) => write!(out, "{world}.wasm is not what world {world} says: {why}"),
        }
    }
}

/// How a contract compares with a release of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing that a host or a component could notice.
    None,
    /// Something was added, nothing taken away.
    Addition,
    /// The version says that it is another contract; nothing is promised across.
    NewContract,
}

/// Compares the contract in the folder `current` with its release in the folder `released`.
///
/// Hosts call a world's exports and owe it its imports: for them a change is an addition where the new component still
/// fits the old world, with more exports perhaps and with no more imports.
///
/// # Errors
///
/// Every promise that the change breaks.
pub fn compare(released: &Path, current: &Path) -> Result<Change, Vec<Broken>> {
    let unreadable = |why: String| vec![Broken::Unreadable(why)];
    let (mut both, old) = read(released).map_err(unreadable)?;
    let (new, new_package) = read(current).map_err(unreadable)?;
    if compatible_line(&both, old) != compatible_line(&new, new_package) {
        return Ok(Change::NewContract);
    }
    let raised = version(&new, new_package) > version(&both, old);
    let (old_packages, new_packages) = (own(&both, old), own(&new, new_package));
    for package in &old_packages {
        set_aside(&mut both, *package);
    }
    let remap = both.merge(new).map_err(|error| unreadable(format!("{error:#}")))?;
    let new_packages: Vec<PackageId> = new_packages
        .iter()
        .map(|package| remap.packages.get(package.index()).copied().unwrap_or(*package))
        .collect();
    let mut broken = Vec::new();
    let mut change = Change::None;
    for (name, old_world) in worlds(&both, &old_packages) {
        let Some((_, new_world)) = worlds(&both, &new_packages).into_iter().find(|(other, _)| *other == name)
        else {
            broken.push(Broken::WorldGone(name));
            continue;
        };
        // wasm-tools asks whether old components fit a new host. Here hosts are the old ones: the other way round.
        if let Err(error) = wit_component::semver_check(both.clone(), new_world, old_world) {
            broken.push(Broken::NotAdditive(name, one_line(error.root_cause())));
        } else if wit_component::semver_check(both.clone(), old_world, new_world).is_err() {
            change = Change::Addition;
            if !raised {
                broken.push(Broken::SameVersion(name));
            }
        }
    }
    if broken.is_empty() { Ok(change) } else { Err(broken) }
}

/// Whether the component `wasm` imports no more than `world` of the contract in the folder `wit` offers, and exports no
/// less than it asks for.
///
/// # Errors
///
/// [`Broken::OffTarget`], or [`Broken::Unreadable`].
pub fn fits(wit: &Path, world: &str, wasm: &[u8]) -> Result<(), Broken> {
    let (resolve, package) = read(wit).map_err(Broken::Unreadable)?;
    let found = worlds(&resolve, &own(&resolve, package)).into_iter().find(|(name, _)| name == world);
    let (_, id) = found.ok_or_else(|| Broken::WorldGone(world.to_owned()))?;
    wit_component::targets(&resolve, id, wasm)
        .map_err(|error| Broken::OffTarget(world.to_owned(), one_line(&error)))
}

/// The last release at or before the commit `from` of the repository at `root`, its contract laid out in the folder
/// `into`: the tag's name, or `None` without git, without a tag, or before the contract's first.
///
/// # Errors
///
/// [`Broken::Unreadable`], when git knows the tag and does not give its files.
pub fn last_release(root: &Path, from: &str, into: &Path) -> Result<Option<String>, Broken> {
    let Some(tag) = git(root, &["describe", "--tags", "--abbrev=0", "--match", "v[0-9]*", from]) else {
        return Ok(None);
    };
    let tag = tag.trim().to_owned();
    let unreadable = |what: &str| Broken::Unreadable(format!("git does not give {what} of {tag}"));
    let files =
        git(root, &["ls-tree", "-r", "--name-only", &tag, "wit/"]).ok_or_else(|| unreadable("the files"))?;
    let files: Vec<&str> = files.lines().filter(|file| file.ends_with(".wit")).collect();
    for file in &files {
        let text = git(root, &["show", &format!("{tag}:{file}")]).ok_or_else(|| unreadable(file))?;
        write(&into.join(file), &text).map_err(|error| Broken::Unreadable(error.to_string()))?;
    }
    Ok((!files.is_empty()).then_some(tag))
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(path.parent().map(PathBuf::from).unwrap_or_default())?;
    std::fs::write(path, text)
}

/// What git says; `None` where there is no git, or it says no.
fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The contract in the folder `wit`: everything in it, and its main package, `cfn:signal`.
///
/// # Errors
///
/// Why it cannot be read.
pub fn read(wit: &Path) -> Result<(Resolve, PackageId), String> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(wit).map_err(|error| format!("{error:#}"))?;
    // What needs WASI 0.3 is apart, for those who do not know it.
    let later = wit.join("p3");
    if later.is_dir() {
        resolve.push_dir(&later).map_err(|error| format!("{error:#}"))?;
    }
    Ok((resolve, package))
}

/// The worlds of `packages`.
#[must_use]
pub fn worlds(resolve: &Resolve, packages: &[PackageId]) -> Vec<(String, WorldId)> {
    let packages = packages.iter().filter_map(|package| resolve.packages.get(*package));
    packages.flat_map(|it| it.worlds.iter().map(|(name, id)| (name.clone(), *id))).collect()
}

fn version(resolve: &Resolve, package: PackageId) -> Option<(u64, u64, u64)> {
    let version = resolve.packages.get(package)?.name.version.as_ref()?;
    Some((version.major, version.minor, version.patch))
}

/// What versions have in common that promise each other compatibility.
fn compatible_line(resolve: &Resolve, package: PackageId) -> Option<(u64, u64, u64)> {
    match version(resolve, package)? {
        (0, 0, patch) => Some((0, 0, patch)),
        (0, minor, _) => Some((0, minor, 0)),
        (major, ..) => Some((major, 0, 0)),
    }
}

/// The packages of the contract: `package`, and those of its namespace that it refers to.
#[must_use]
pub fn own(resolve: &Resolve, package: PackageId) -> Vec<PackageId> {
    let Some(namespace) = resolve.packages.get(package).map(|package| &package.name.namespace) else {
        return Vec::new();
    };
    let packages = resolve.packages.iter();
    packages.filter(|(_, package)| package.name.namespace == *namespace).map(|(id, _)| id).collect()
}

/// Takes the version off the package, so that another one of the same version is not taken for the same package.
fn set_aside(resolve: &mut Resolve, id: PackageId) {
    if let Some(package) = resolve.packages.get_mut(id) {
        resolve.package_names.shift_remove(&package.name);
        package.name.version = None;
        resolve.package_names.insert(package.name.clone(), id);
    }
}

/// The whole chain in one line, without the offsets of an encoding that nobody has seen.
fn one_line(error: &(impl std::fmt::Display + ?Sized)) -> String {
    let text = format!("{error:#}");
    let text = text.split(" (at offset").next().unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
