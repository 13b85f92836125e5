//! `check-sizes FOLDER`: what is built in the target folder is not much larger than what `benches/sizes.json` has.
//! `check-sizes --record FOLDER` writes what is there to that file.

use std::path::Path;
use std::process::{Command, ExitCode};

use cfn_signal_tests::sizes::{self, Built, Recorded};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let told = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [target] => check(Path::new(target)),
        ["--record", target] => record(Path::new(target)),
        _ => Err("check-sizes [--record] FOLDER".into()),
    };
    match told {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("benches/sizes.json: {error}");
            ExitCode::FAILURE
        }
    }
}

fn check(target: &Path) -> Result<bool, Box<dyn std::error::Error>> {
    let recorded = Recorded::read()?;
    let (mut compared, mut complaints) = (0, 0);
    for built in built(target) {
        if built.stale {
            println!("{}: built before its sources were changed, so not compared", built.name);
        } else if let Some(complaint) = recorded.complaint(&built) {
            eprintln!("{complaint}");
            complaints += 1;
        } else if recorded.bytes.contains_key(&built.name) {
            compared += 1;
        } else {
            println!("{}: {} bytes, and none recorded", built.name, built.size);
        }
    }
    println!("{compared} sizes as recorded, {complaints} too large; what is not built is not compared");
    Ok(complaints == 0)
}

fn record(target: &Path) -> Result<bool, Box<dyn std::error::Error>> {
    let mut recorded = Recorded::read().unwrap_or_default();
    let compiler = Command::new("rustc").arg("--version").output()?;
    String::from_utf8_lossy(&compiler.stdout).trim().clone_into(&mut recorded.compiler);
    for built in built(target).into_iter().filter(|built| !built.stale) {
        println!("{}: {} bytes", built.name, built.size);
        recorded.bytes.insert(built.name, built.size);
    }
    recorded.write()?;
    Ok(true)
}

fn built(target: &Path) -> Vec<Built> {
    // Debian's toolchain makes other sizes, and they are nobody's concern.
    let debians = target.join("component-from-debian.wasm").is_file();
    let mut all = if debians { Vec::new() } else { sizes::components(target) };
    all.extend(sizes::commands(target));
    all
}
