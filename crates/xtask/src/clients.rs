//! Generates the code of `clients/go` and `clients/python` from the public protos.
//!
//! Go and Python are all that a machine needs: the protoc that grpcio-tools brings runs the
//! generators of both languages, each of a pinned version, so that the same protos give the same
//! bytes everywhere. What is committed is those bytes; `--check` holds it to them.

use crate::e2e::step;
use crate::venv::{self, Venv};
use crate::workspace::{output_of, root, state};
use anyhow::{Context as _, Result, bail, ensure};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The public contracts: a folder each under `proto/stepwell`, and a package each in every client.
const PACKAGES: &[&str] = &["activity", "controlplane", "execution"];
const GO_MODULE: &str = "github.com/stepwell/stepwell/clients/go";
/// Go programs, each with the module that it is built of and that module's version.
const GO_TOOLS: &[(&str, &str, &str)] = &[
    ("protoc-gen-go", "google.golang.org/protobuf/cmd/protoc-gen-go", "v1.36.12"),
    ("protoc-gen-go-grpc", "google.golang.org/grpc/cmd/protoc-gen-go-grpc", "v1.6.2"),
];

/// Files by path, with their bytes.
type Tree = BTreeMap<PathBuf, Vec<u8>>;

/// Writes the generated code; with `--check` compares what is committed with it; with `--test` does
/// that and passes the tests of both clients.
///
/// # Errors
/// Names the tool that is missing, the proto that does not compile, each file that differs, or the
/// tests that failed, which have told why.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    match arguments {
        [] => write(&generate()?),
        [flag] if flag == "--check" => check(&generate()?),
        [flag] if flag == "--test" => test(),
        _ => bail!("clients takes --check, --test or nothing"),
    }
}

fn test() -> Result<()> {
    check(&generate()?)?;
    let (go, python) = (root().join("clients/go"), root().join("clients/python"));
    step(Command::new("go").args(["vet", "./..."]).current_dir(&go), "go vet of clients/go")?;
    step(Command::new("go").args(["test", "./worker"]).current_dir(&go), "go test of clients/go")?;
    let mut pytest = Command::new(venv::ensure()?.python());
    pytest.args(["-m", "pytest", "--quiet"]).current_dir(&python);
    step(&mut pytest, "pytest of clients/python")
}

/// The folders that hold generated code and nothing else, from the root of the checkout.
fn generated_folders() -> Vec<PathBuf> {
    let homes = ["clients/go/stepwell", "clients/python/src/stepwell"].map(Path::new);
    homes.iter().flat_map(|home| PACKAGES.iter().map(|package| home.join(package))).collect()
}

fn write(fresh: &Tree) -> Result<()> {
    for folder in generated_folders().iter().map(|folder| root().join(folder)) {
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
        }
    }
    for (path, bytes) in fresh {
        let path = root().join(path);
        let folder = path.parent().unwrap_or(&path);
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        fs::write(&path, bytes).with_context(|| path.display().to_string())?;
    }
    println!("{} files generated under clients/", fresh.len());
    Ok(())
}

fn check(fresh: &Tree) -> Result<()> {
    let mut committed = Tree::new();
    for folder in generated_folders() {
        if root().join(&folder).exists() {
            collect(&root(), &folder, &mut committed)?;
        }
    }
    let findings = differences(fresh, &committed);
    ensure!(
        findings.is_empty(),
        "the clients are not what the protos give; run cargo xtask clients:\n{}",
        findings.join("\n")
    );
    println!("{} generated files under clients/ are what the protos give", fresh.len());
    Ok(())
}

/// How the committed files differ from the fresh ones, a line each.
fn differences(fresh: &Tree, committed: &Tree) -> Vec<String> {
    let changed = fresh.iter().filter_map(|(path, bytes)| match committed.get(path) {
        None => Some(format!("{}: missing", path.display())),
        Some(other) if other != bytes => Some(format!("{}: differs", path.display())),
        Some(_) => None,
    });
    let stale = committed.keys().filter(|path| !fresh.contains_key(*path));
    changed.chain(stale.map(|path| format!("{}: no proto gives it", path.display()))).collect()
}

/// Generates every client anew and gives the files by their path from the root of the checkout.
fn generate() -> Result<Tree> {
    let out = state().join(format!("clients-{}", std::process::id()));
    let files = generate_in(&out, &venv::ensure()?, &go_tools()?);
    // A folder that stays behind costs space only, and the result matters more.
    let _ = fs::remove_dir_all(&out);
    files
}

fn generate_in(out: &Path, venv: &Venv, tools: &Path) -> Result<Tree> {
    let (go, python) = (out.join("clients/go"), out.join("clients/python/src"));
    for folder in [&go, &python] {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    let mut protoc = Command::new(venv.python());
    protoc.current_dir(root()).args(["-m", "grpc_tools.protoc", "--proto_path=proto"]);
    for (name, _, _) in GO_TOOLS {
        protoc.arg(format!("--plugin={name}={}", tools.join(name).display()));
    }
    for option in ["go", "go-grpc"] {
        protoc.arg(format!("--{option}_out={}", go.display()));
        protoc.arg(format!("--{option}_opt=module={GO_MODULE}"));
    }
    for option in ["python", "pyi", "grpc_python"] {
        protoc.arg(format!("--{option}_out={}", python.display()));
    }
    protoc.args(protos()?);
    output_of(&mut protoc).context("the protos could not be compiled")?;
    for package in PACKAGES {
        let folder = python.join("stepwell").join(package);
        fs::write(folder.join("__init__.py"), "")?;
        fs::write(folder.join("v1/__init__.py"), "")?;
    }
    let mut files = Tree::new();
    collect(out, Path::new("clients"), &mut files)?;
    Ok(files)
}

/// The public protos, by their paths under `proto`.
fn protos() -> Result<Vec<PathBuf>> {
    let home = root().join("proto");
    let mut found = Tree::new();
    for package in PACKAGES {
        collect(&home, &Path::new("stepwell").join(package), &mut found)?;
    }
    Ok(found.into_keys().collect())
}

/// Reads the files under `home`/`folder`, but for what Python's interpreter left there.
fn collect(home: &Path, folder: &Path, files: &mut Tree) -> Result<()> {
    let full = home.join(folder);
    for entry in fs::read_dir(&full).with_context(|| full.display().to_string())? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_file() {
            files.insert(path, fs::read(entry.path())?);
        } else if entry.file_name() != "__pycache__" {
            collect(home, &path, files)?;
        }
    }
    Ok(())
}

/// Installs Go's generators where they are missing or of another version, and gives their folder.
fn go_tools() -> Result<PathBuf> {
    let folder = state().join("tools");
    for (name, module, version) in GO_TOOLS {
        let found = output_of(Command::new(folder.join(name)).arg("--version"));
        let number = version.trim_start_matches('v');
        if found.is_ok_and(|line| line.trim_end().ends_with(number)) {
            continue;
        }
        eprintln!("installing {name} {version} into {} (once)", folder.display());
        let package = format!("{module}@{version}");
        output_of(Command::new("go").env("GOBIN", &folder).args(["install", &package]))
            .with_context(|| format!("Go is needed to build {name}"))?;
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::{Tree, differences};

    #[test]
    fn changed_missing_and_stale_files_are_named() {
        let tree = |files: &[(&str, &str)]| -> Tree {
            files.iter().map(|(path, text)| (path.into(), text.as_bytes().to_vec())).collect()
        };
        let fresh = tree(&[("same", "1"), ("changed", "2"), ("missing", "3")]);
        let committed = tree(&[("same", "1"), ("changed", "x"), ("stale", "4")]);
        assert_eq!(
            differences(&fresh, &committed),
            ["changed: differs", "missing: missing", "stale: no proto gives it"]
        );
        assert_eq!(differences(&fresh, &fresh), Vec::<String>::new());
    }
}
