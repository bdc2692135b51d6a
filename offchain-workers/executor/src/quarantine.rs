// SPDX-License-Identifier: Apache-2.0
//! Models that ended a child once, kept in a small file of lines `<content id> <what it did>`.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::PathBuf,
};

use openledger_engine::ModelId;

use crate::ExecutorError;

/// The content id in hexadecimal.
pub(crate) fn hex(model: &ModelId) -> String {
    model.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The quarantined models and why.
#[derive(Debug)]
pub(crate) struct Quarantine {
    path: Option<PathBuf>,
    models: BTreeMap<String, String>,
}

impl Quarantine {
    /// Reads the file, if one is named and there. A line cut off by a crash is dropped.
    pub fn open(path: Option<PathBuf>) -> Result<Self, ExecutorError> {
        let Some(file) = path.as_ref() else {
            return Ok(Self {
                path,
                models: BTreeMap::new(),
            });
        };
        let failed = |source| ExecutorError::QuarantineFile {
            path: file.clone(),
            source,
        };
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(failed(error)),
        };
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let models = text.lines().filter_map(parse).collect();
        let quarantine = Self { path, models };
        // Written at once: a file that cannot be written is found at the start, not when it is needed.
        quarantine.rewrite()?;
        Ok(quarantine)
    }

    /// What the model did, if it is quarantined.
    pub fn reason(&self, model: &ModelId) -> Option<&str> {
        self.models.get(&hex(model)).map(String::as_str)
    }

    /// The quarantined models, in the order of their ids.
    pub fn list(&self) -> Vec<(String, String)> {
        self.models
            .iter()
            .map(|(model, reason)| (model.clone(), reason.clone()))
            .collect()
    }

    /// Adds a model: it counts from now, whether or not the file can be written.
    pub fn add(&mut self, model: &ModelId, reason: &str) -> Result<(), ExecutorError> {
        let reason: String = reason
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(200)
            .collect();
        self.models.insert(hex(model), reason);
        self.rewrite()
    }

    /// Removes a model; says whether it was there.
    pub fn remove(&mut self, model: &ModelId) -> Result<bool, ExecutorError> {
        let known = self.models.remove(&hex(model)).is_some();
        if known {
            self.rewrite()?;
        }
        Ok(known)
    }

    /// Replaces the file as a whole: staged beside it, synced, renamed.
    fn rewrite(&self) -> Result<(), ExecutorError> {
        let Some(path) = self.path.as_ref() else {
            return Ok(());
        };
        let staged = path.with_extension("new");
        let write = || -> io::Result<()> {
            let mut file: File = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .open(&staged)?;
            for (model, reason) in &self.models {
                writeln!(file, "{model} {reason}")?;
            }
            file.sync_all()?;
            fs::rename(&staged, path)
        };
        write().map_err(|source| ExecutorError::QuarantineFile {
            path: path.clone(),
            source,
        })
    }
}

fn parse(line: &str) -> Option<(String, String)> {
    let (model, reason) = line.split_once(' ')?;
    let known = model.len() == 64 && model.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !known {
        tracing::warn!(target: "executor", line, "a line of the quarantine file names no model");
        return None;
    }
    Some((model.to_ascii_lowercase(), reason.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_stays_in_the_file_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = Some(folder.path().join("deeper").join("quarantine"));
        Quarantine::open(path.clone())
            .unwrap()
            .add(&[1; 32], "died\nof signal 9")
            .unwrap();
        let mut again = Quarantine::open(path.clone()).unwrap();
        assert_eq!(again.reason(&[1; 32]), Some("died of signal 9"));
        assert!(again.remove(&[1; 32]).unwrap());
        assert!(!again.remove(&[1; 32]).unwrap());
        assert!(Quarantine::open(path).unwrap().list().is_empty());
    }

    #[test]
    fn a_damaged_line_does_not_hide_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("quarantine");
        fs::write(
            &path,
            format!("nonsense here\n{} slow\n{}", hex(&[2; 32]), &hex(&[3; 32])[..40]),
        )
        .unwrap();
        let quarantine = Quarantine::open(Some(path)).unwrap();
        assert_eq!(quarantine.list(), [(hex(&[2; 32]), "slow".to_owned())]);
    }

    #[test]
    fn a_file_that_cannot_be_used_is_named_at_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let opened = Quarantine::open(Some(folder.path().to_owned()));
        assert!(matches!(opened, Err(ExecutorError::QuarantineFile { .. })));
    }
}
