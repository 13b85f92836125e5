//! Builds the `signer` component, precompiles it for the target and for wasmtime's interpreter, and leaves both in `OUT_DIR` for
//! the engine to embed.
//!
//! `CFN_SIGNAL_COMPONENT=/path/signer.wasm` replaces the nested build, for machines whose rustc has no
//! `wasm32-unknown-unknown`. The published crate carries the component, and builds nothing but itself. Nothing is installed from here: `make` does that.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

#[path = "src/engine/config.rs"]
mod config;

const WASM_TARGET: &str = "wasm32-unknown-unknown";
/// The package of the component.
const WORLD: &str = "cfn-signal-signer-world";
const PROFILE: &str = "component";
/// Where `make crates` puts the component.
const PACKAGED: &str = "component/signer.wasm";
const OVERRIDE: &str = "CFN_SIGNAL_COMPONENT";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/engine/config.rs");
    println!("cargo::rerun-if-env-changed={OVERRIDE}");
    println!("cargo::rustc-check-cfg=cfg(linked_code)");
    if code_can_be_linked()? {
        println!("cargo::rustc-cfg=linked_code");
    }
    let out_dir = PathBuf::from(env::var("OUT_DIR")?);
    let component = match env::var_os(OVERRIDE) {
        Some(path) => {
            let path = PathBuf::from(path);
            if path.is_relative() {
                return Err(format!(
                    "{OVERRIDE} has to be an absolute path: a build script runs in the package's folder"
                )
                .into());
            }
            println!("cargo::rerun-if-changed={}", path.display());
            path
        }
        None => match packaged_component()? {
            Some(path) => path,
            None => build_component(&out_dir)?,
        },
    };
    let wasm = fs::read(&component)
        .map_err(|error| format!("{}: {error} (named by {OVERRIDE}?)", component.display()))?;
    let code = precompile(&wasm)?;
    println!("cargo::rustc-env=CFN_SIGNAL_CODE_BYTES={}", code.len());
    fs::write(out_dir.join("signer.cwasm"), code)?;
    let interpreter = interpreter()?;
    let code = wasmtime::Engine::new(&config::interpreted(&interpreter)?)?.precompile_component(&wasm)?;
    fs::write(out_dir.join("signer.pulley"), code)?;
    println!("cargo::rustc-env=CFN_SIGNAL_INTERPRETER={interpreter}");
    Ok(())
}

/// Whether machine code can stand among the command's own: tried where the assembler and the linker are those of ELF.
fn code_can_be_linked() -> Result<bool, Box<dyn Error>> {
    let (system, processor) = (env::var("CARGO_CFG_TARGET_OS")?, env::var("CARGO_CFG_TARGET_ARCH")?);
    Ok(system == "linux" && matches!(processor.as_str(), "x86_64" | "aarch64"))
}

/// The component that came with the crate. Only a package has one: beside the sources an old one would hide them.
fn packaged_component() -> Result<Option<PathBuf>, Box<dyn Error>> {
    let package = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    // Cargo leaves the manifest as it was written in every package, and nowhere else.
    if !package.join("Cargo.toml.orig").is_file() {
        return Ok(None);
    }
    let component = package.join(PACKAGED);
    println!("cargo::rerun-if-changed={PACKAGED}");
    if component.is_file() {
        return Ok(Some(component));
    }
    Err(format!(
        "this package was made without its component ({PACKAGED}): set {OVERRIDE} to the path of a signer.wasm, or \
         build from the repository"
    )
    .into())
}

/// Compiles to machine code that runs on every processor of the target's kind, not only on those like this one.
fn precompile(wasm: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut config = config::config(env::var_os("CARGO_CFG_WINDOWS").is_some());
    config.target(&env::var("TARGET")?).map_err(|error| {
        format!(
            "wasmtime has no code generator for this target: from another kind of processor it needs `--features cross`; \
             see its list of platforms: {error}"
        )
    })?;
    Ok(wasmtime::Engine::new(&config)?.precompile_component(wasm)?)
}

/// What wasmtime's interpreter is called on machines of the target's kind.
fn interpreter() -> Result<String, Box<dyn Error>> {
    let width = env::var("CARGO_CFG_TARGET_POINTER_WIDTH")?;
    let big = env::var("CARGO_CFG_TARGET_ENDIAN")? == "big";
    Ok(format!("pulley{width}{}", if big { "be" } else { "" }))
}

/// Runs cargo once more, for the component, in a target folder of its own: the outer cargo holds its own's lock.
fn build_component(out_dir: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?)
        .parent()
        .ok_or("the host's folder has no parent")?
        .to_path_buf();
    let rustc = env::var("RUSTC")?;
    if !has_standard_library(&rustc)? {
        return Err(format!(
            "the component needs Rust's standard library for {WASM_TARGET}: run `rustup target add {WASM_TARGET}`, or \
             `make build`, which finds a way without rustup too"
        )
        .into());
    }
    let target_dir = component_target_dir(out_dir)?;
    let mut cargo = Command::new(env::var("CARGO")?);
    cargo
        .current_dir(&root)
        .args(["build", "--package", WORLD, "--profile", PROFILE, "--target", WASM_TARGET, "--target-dir"])
        .arg(&target_dir);
    // Meant for the outer build's target and lints.
    for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"] {
        cargo.env_remove(variable);
    }
    let output = cargo.output()?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        return Err(format!("the component does not build ({}):\n{stderr}", output.status).into());
    }
    let built = target_dir.join(WASM_TARGET).join(PROFILE).join("signer.wasm");
    rerun_if_sources_change(&built, &root)?;
    Ok(built)
}

fn has_standard_library(rustc: &str) -> Result<bool, Box<dyn Error>> {
    let output = Command::new(rustc).args(["--print", "target-libdir", "--target", WASM_TARGET]).output()?;
    let folder = PathBuf::from(String::from_utf8(output.stdout)?.trim());
    Ok(output.status.success() && folder.is_dir())
}

/// One folder for every profile of the outer build, beside them: `OUT_DIR` is `<target>/<profile>/build/<package>/out`.
fn component_target_dir(out_dir: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let target = out_dir.ancestors().nth(4).ok_or("OUT_DIR is not inside a target folder")?;
    Ok(target.join("component-build"))
}

/// Cargo's dep-info names every source of the component; its manifest and lock file are not among them.
fn rerun_if_sources_change(built: &Path, root: &Path) -> Result<(), Box<dyn Error>> {
    let dep_info = fs::read_to_string(built.with_extension("d"))?;
    for line in dep_info.lines() {
        let Some((_, sources)) = line.split_once(": ") else { continue };
        // A space inside a path is written with a backslash before it.
        for source in sources.replace("\\ ", "\0").split_whitespace() {
            println!("cargo::rerun-if-changed={}", source.replace('\0', " "));
        }
    }
    for file in ["Cargo.toml", "Cargo.lock", ".cargo/config.toml", "wit"] {
        println!("cargo::rerun-if-changed={}", root.join(file).display());
    }
    Ok(())
}
