// SPDX-License-Identifier: Apache-2.0
//! Time and memory of building an index: of the digits' size, 10,000 and 100,000 rows of 330 parameters, written to a
//! file.
//!
//! The head is not at its optimum, which costs nothing here: a build solves the same systems wherever it stands.

use std::{error::Error, fs::File, io::BufWriter, time::Instant};

use openledger_attribution::{clusters::clusters, write_index, ContributionKey, Settings};
use openledger_trainer::{
    features::Features,
    head::{Optimum, LAMBDA},
    random::SplitMix64,
};

const CLASSES: u16 = 10;
const FEATURES: u16 = 32;
const ROWS_OF_CONTRIBUTION: usize = 15;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    for rows in [10_000, 100_000] {
        let before = peak_kib()?;
        let features = features(rows)?;
        let mut random = SplitMix64::new(7);
        let optimum = Optimum {
            classes: usize::from(CLASSES),
            dims: usize::from(FEATURES),
            parameters: (0..CLASSES * (FEATURES + 1))
                .map(|_| random.symmetric())
                .collect(),
        };
        let registered = vec![0; features.contributions().len()];
        let start = Instant::now();
        let settings = Settings::new(LAMBDA);
        let leaders = clusters(&features, &registered, settings.threshold);
        let clustering = start.elapsed();
        let duplicates = (0u32..)
            .zip(leaders)
            .filter(|(row, leader)| row != leader)
            .count();

        let path = folder.path().join("index.olix");
        let start = Instant::now();
        write_index(
            &features,
            &optimum,
            &settings,
            &mut BufWriter::new(File::create(&path)?),
        )?;
        let built = start.elapsed();
        println!(
            r#"{{"rows":{rows},"parameters":{},"us_a_row":{:.1},"of_it_clusters_us":{:.2},"duplicates":{duplicates},"index_mib":{},"peak_memory_mib":{},"before_mib":{}}}"#,
            optimum.parameters.len(),
            built.as_secs_f64() * 1e6 / rows as f64,
            clustering.as_secs_f64() * 1e6 / rows as f64,
            path.metadata()?.len() >> 20,
            peak_kib()? >> 10,
            before >> 10,
        );
    }
    Ok(())
}

/// Rows around ten centres, one for each class, no two of them near duplicates.
fn features(rows: usize) -> Result<Features, Box<dyn Error>> {
    let mut random = SplitMix64::new(20_261_121);
    let mut number = |spread: f64| (spread * random.symmetric()) as i16;
    let centres: Vec<Vec<i16>> = (0..CLASSES)
        .map(|_| (0..FEATURES).map(|_| number(3000.0)).collect())
        .collect();
    let mut features = Features::new(CLASSES, FEATURES)?;
    let all: Vec<(u16, Vec<i16>)> = (0..rows)
        .map(|row| {
            let label = (row % usize::from(CLASSES)) as u16;
            let centre = &centres[usize::from(label)];
            (label, centre.iter().map(|x| x + number(1000.0)).collect())
        })
        .collect();
    for (contribution, rows) in (0..).zip(all.chunks(ROWS_OF_CONTRIBUTION)) {
        let key = ContributionKey {
            datanet: 0,
            contribution,
        };
        features.push_contribution(key, rows)?;
    }
    Ok(features)
}

/// The most memory that this process ever had, as Linux counts it.
fn peak_kib() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or("no VmHWM in /proc/self/status")?.parse()?)
}
