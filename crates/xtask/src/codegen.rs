//! Generates `crates/api/src/generated` from `proto/`, and compares what is committed with it.
//!
//! protox compiles the protos, so that no machine needs protoc.

use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Writes the generated code.
///
/// # Errors
/// Names the proto that does not compile, or the file that can't be written.
pub(crate) fn run() -> Result<()> {
    generate(&root().join("crates/api/src/generated"))
}

/// Checks that the committed code is what the protos give.
///
/// # Errors
/// Names the first file that differs, and the command that mends it.
#[cfg(test)]
fn check() -> Result<()> {
    use anyhow::ensure;
    let fresh = std::env::temp_dir().join(format!("stepwell-codegen-{}", std::process::id()));
    generate(&fresh)?;
    let committed = root().join("crates/api/src/generated");
    let names = |folder: &Path| -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    };
    let found = names(&fresh)?;
    ensure!(found == names(&committed)?, "other files than committed: cargo xtask codegen");
    for name in found {
        let same = fs::read(fresh.join(&name))? == fs::read(committed.join(&name))?;
        ensure!(same, "{name} is not what the protos give: cargo xtask codegen");
    }
    fs::remove_dir_all(&fresh)?;
    Ok(())
}

fn generate(out: &Path) -> Result<()> {
    let include = root().join("proto");
    let mut protos = Vec::new();
    collect(&include, &mut protos)?;
    protos.sort();
    if protos.is_empty() {
        bail!("no protos under {}", include.display());
    }
    fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    let mut compiler = protox::Compiler::new([&include])?;
    compiler.include_source_info(true).include_imports(true).open_files(&protos)?;
    let descriptors = compiler.file_descriptor_set();
    tonic_prost_build::configure()
        .out_dir(out)
        .bytes(".stepwell.internal.v1")
        .codec_path("crate::MessageCodec")
        .compile_fds(descriptors)
        .context("the generator failed")?;
    // Reflection needs no comments, which are most of the set.
    let mut compiler = protox::Compiler::new([&include])?;
    compiler.include_source_info(false).include_imports(true).open_files(&protos)?;
    fs::write(out.join("descriptor_set.bin"), compiler.encode_file_descriptor_set())?;
    Ok(())
}

fn collect(folder: &Path, protos: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, protos)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            protos.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_code_is_what_the_protos_give() {
        super::check().unwrap();
    }
}
