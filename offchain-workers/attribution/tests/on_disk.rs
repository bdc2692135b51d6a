// SPDX-License-Identifier: Apache-2.0
//! The index on disk against the one in memory, on the Jargon File.
#![cfg(feature = "tantivy")]

use std::{io::Read, time::Instant};

use flate2::read::GzDecoder;
use openledger_attribution::{
    retrieval::{on_disk::DiskLibrary, Document, Library, RetrievalError},
    ContributionKey,
};
use openledger_trainer::random::SplitMix64;

fn entries() -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/jargon.txt.gz");
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(path).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    text.split("\n   :").map(str::to_owned).collect()
}

fn documents(entries: &[String]) -> impl Iterator<Item = Document<'_>> {
    (0..).zip(entries).map(|(number, entry)| Document {
        key: ContributionKey {
            datanet: 1,
            contribution: number,
        },
        registered: number,
        text: entry.as_bytes(),
    })
}

#[test]
fn the_index_on_disk_gives_what_the_one_in_memory_does() {
    let entries = entries();
    let memory = Library::build(documents(&entries)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let disk = DiskLibrary::build(folder.path(), documents(&entries)).unwrap();
    assert_eq!(disk.id(), memory.id());
    let (mut random, mut asked, mut equal) = (SplitMix64::new(8), 0, 0);
    let (mut in_memory, mut on_disk) = (0, 0);
    for _ in 0..300 {
        let words: Vec<&str> = entries[random.below(entries.len())].split_whitespace().collect();
        let question: Vec<&str> = (0..6).map(|_| words[random.below(words.len())]).collect();
        let question = question.join(" ");
        let start = Instant::now();
        let due = memory.retrieve(&question, 8);
        in_memory += start.elapsed().as_micros();
        let start = Instant::now();
        let found = disk.retrieve(&question, 8);
        on_disk += start.elapsed().as_micros();
        asked += 1;
        equal += u32::from(found == due);
    }
    println!(
        "{} passages; {equal} of {asked} answers equal; {} µs in memory, {} µs on disk each",
        memory.passages().len(),
        in_memory / 300,
        on_disk / 300
    );
    assert_eq!(equal, asked);
}

#[test]
fn the_index_on_disk_refuses_by_the_same_names() {
    let folder = tempfile::tempdir().unwrap();
    let texts = ["one two three".to_owned()];
    let disk = DiskLibrary::build(folder.path(), documents(&texts)).unwrap();
    assert_eq!(disk.retrieve("", 1), Err(RetrievalError::EmptyQuestion));
    assert_eq!(
        disk.retrieve("one", 0),
        Err(RetrievalError::WrongLimit { asked: 0 })
    );
    assert_eq!(disk.retrieve("four", 1), Err(RetrievalError::NothingFound));
    let taken = DiskLibrary::build(folder.path(), documents(&texts)).map(|_| ());
    assert!(matches!(taken, Err(RetrievalError::Index(_))), "{taken:?}");
    let nobody = DiskLibrary::build(folder.path(), []).map(|_| ());
    assert_eq!(nobody, Err(RetrievalError::NoPassages));
}
