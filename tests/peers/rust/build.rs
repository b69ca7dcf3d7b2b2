// SPDX-License-Identifier: Apache-2.0

use std::path::PathBuf;
use std::{env, error, fs, io};

fn files_below(folder: PathBuf) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

fn main() -> Result<(), Box<dyn error::Error>> {
    let root = PathBuf::from(env::var("PEERS_PROTO")?);
    println!("cargo:rerun-if-env-changed=PEERS_PROTO");
    println!("cargo:rerun-if-changed={}", root.display());
    // prost knows no editions.
    let files: Vec<_> = files_below(root.clone())?
        .into_iter()
        .filter(|file| !file.ends_with("readings/v1/reading.proto"))
        .collect();
    tonic_prost_build::configure()
        .build_client(false)
        .file_descriptor_set_path(PathBuf::from(env::var("OUT_DIR")?).join("descriptors.binpb"))
        .include_file("all.rs")
        .compile_protos(&files, &[root])?;
    Ok(())
}
