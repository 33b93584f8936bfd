// SPDX-License-Identifier: Apache-2.0
//! tough against a repository of ours. Takes what the other clients take; see test/interop/clients.mjs.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;
use tough::{IntoVec, Repository, RepositoryLoader, TargetName};
use url::Url;

/// An error and its causes on one line. Most of tough's errors repeat their cause in their own text; it is left out then.
fn text(error: &(dyn Error + 'static)) -> String {
    let mut parts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        let part = cause.to_string();
        if !parts.iter().any(|known| known.contains(&part)) {
            parts.push(part);
        }
        source = cause.source();
    }
    parts.join(": ")
}

async fn load(metadata: &str, targets: &str, root: &Path, memory: PathBuf) -> Result<Repository, Box<dyn Error>> {
    std::fs::create_dir_all(&memory)?;
    let bytes = std::fs::read(root)?;
    let loader = RepositoryLoader::new(&bytes, Url::parse(metadata)?, Url::parse(targets)?).datastore(memory);
    Ok(loader.load().await?)
}

async fn fetch(repository: &Repository, target: &str, file: &Path) -> Result<(), Box<dyn Error>> {
    let stream = repository.read_target(&TargetName::new(target)?).await?;
    let bytes = stream.ok_or("target not found")?.into_vec().await?;
    std::fs::write(file, bytes)?;
    Ok(())
}

fn report(target: &str, result: Result<(), String>) -> bool {
    match result {
        Ok(()) => println!("{}", json!({ "target": target, "result": "reads" })),
        Err(ref error) => println!("{}", json!({ "target": target, "error": error })),
    }
    result.is_ok()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [metadata, targets, root, work, names @ ..] = arguments.as_slice() else {
        eprintln!("usage: METADATA_URL TARGETS_URL ROOT_FILE WORK_DIR TARGET...");
        return ExitCode::from(2);
    };
    let files = Path::new(work).join("files");
    if let Err(error) = std::fs::create_dir_all(&files) {
        eprintln!("{}: {error}", files.display());
        return ExitCode::from(2);
    }
    let loaded = load(metadata, targets, Path::new(root), Path::new(work).join("metadata")).await;
    let mut all = true;
    for (index, target) in names.iter().enumerate() {
        let result = match &loaded {
            Ok(repository) => fetch(repository, target, &files.join(index.to_string())).await.map_err(|error| text(error.as_ref())),
            Err(error) => Err(text(error.as_ref())),
        };
        all &= report(target, result);
    }
    if all { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
