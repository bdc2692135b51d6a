// SPDX-License-Identifier: Apache-2.0
//! Time and memory of building an index of the digits' size: 10,000 to 200,000 rows of 330 parameters, from a file of
//! features to a file of influence.
//!
//! Each build is a process of its own, so that its memory is not that of another: with arguments `build [features]
//! [index]`. `peak_memory_mib` is the most that Linux ever counted as its (VmHWM), `of_it_anonymous_mib` the most of it
//! that no file stands behind (RssAnon, looked at every millisecond); the rest is the program itself and pages of the
//! features. Times are what the thread used of a processor, so that other work on the machine counts little. The last
//! build has near-duplicates, one row of twenty. The head is not at its optimum, which costs nothing here: a build solves the same systems
//! wherever it stands.

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
    process::Command,
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    thread,
    time::Duration,
};

use nix::sys::{
    resource::{getrusage, UsageWho},
    time::TimeVal,
};
use openledger_attribution::{
    clusters, features_file, merkle::blake2_256, write_index, ContributionKey, Settings,
};
use openledger_trainer::{
    features::Features,
    head::{Optimum, LAMBDA},
    random::SplitMix64,
};

const CLASSES: u16 = 10;
const FEATURES: u16 = 32;
const ROWS_OF_CONTRIBUTION: usize = 15;
/// Of that many rows one is a near-duplicate of one before it, in files that have some.
const DUPLICATES: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    // cargo adds flags of its own
    let arguments: Vec<String> = env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    if let [_, features, index] = &arguments[..] {
        return build(Path::new(features), Path::new(index));
    }
    let folder = tempfile::tempdir()?;
    let (features, index) = (
        folder.path().join("features.olfx"),
        folder.path().join("index.olix"),
    );
    for (rows, duplicates) in [
        (10_000, false),
        (50_000, false),
        (100_000, false),
        (200_000, false),
        (100_000, true),
    ] {
        write_features(rows, duplicates, &features)?;
        let done = Command::new(env::current_exe()?)
            .args([Path::new("build"), &features, &index])
            .status()?;
        if !done.success() {
            return Err(format!("the build of {rows} rows failed").into());
        }
    }
    Ok(())
}

fn build(path: &Path, index: &Path) -> Result<(), Box<dyn Error>> {
    let mut random = SplitMix64::new(7);
    let optimum = Optimum {
        classes: usize::from(CLASSES),
        dims: usize::from(FEATURES),
        parameters: (0..CLASSES * (FEATURES + 1))
            .map(|_| random.symmetric())
            .collect(),
    };
    let settings = Settings::new(LAMBDA);
    let (done, anonymous) = (AtomicBool::new(false), AtomicU64::new(0));
    let (features, built) = thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Relaxed) {
                anonymous.fetch_max(status_kib("RssAnon:").unwrap_or(0), Relaxed);
                thread::sleep(Duration::from_millis(1));
            }
        });
        let start = processor()?;
        let built = features_file::open(path)
            .map_err(Box::<dyn Error>::from)
            .and_then(|features| {
                let mut file = BufWriter::new(File::create(index)?);
                write_index(&features, &optimum, &settings, &mut file)?;
                Ok((features, processor()? - start))
            });
        done.store(true, Relaxed);
        built
    })?;
    let peak = status_kib("VmHWM:").ok_or("no VmHWM in /proc/self/status")?;
    let start = processor()?;
    let mut duplicates = 0;
    clusters::search(
        &features,
        |_| 0,
        settings.threshold,
        &settings.scratch,
        |row, leader| {
            duplicates += usize::from(row != leader);
            Ok(())
        },
    )?;
    let clustering = processor()? - start;
    let bytes = fs::read(index)?;
    let hash: String = blake2_256(&bytes)[..4]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let us_a_row = |time: Duration| time.as_secs_f64() * 1e6 / features.len() as f64;
    println!(
        r#"{{"rows":{},"parameters":{},"us_a_row":{:.1},"of_it_clusters_us":{:.2},"duplicates":{duplicates},"features_mib":{},"index_mib":{},"index_hash":"{hash}","peak_memory_mib":{:.1},"of_it_anonymous_mib":{:.1}}}"#,
        features.len(),
        optimum.parameters.len(),
        us_a_row(built),
        us_a_row(clustering),
        path.metadata()?.len() >> 20,
        bytes.len() >> 20,
        peak as f64 / 1024.0,
        anonymous.load(Relaxed) as f64 / 1024.0,
    );
    Ok(())
}

/// Rows around ten centres, one for each class; no two of them near duplicates, unless they are to be.
fn write_features(rows: usize, duplicates: bool, path: &Path) -> Result<(), Box<dyn Error>> {
    let mut random = SplitMix64::new(20_261_121);
    let mut number = |spread: f64| (spread * random.symmetric()) as i16;
    let centres: Vec<Vec<i16>> = (0..CLASSES)
        .map(|_| (0..FEATURES).map(|_| number(3000.0)).collect())
        .collect();
    let mut all: Vec<(u16, Vec<i16>)> = (0..rows)
        .map(|row| {
            let label = (row % usize::from(CLASSES)) as u16;
            let centre = &centres[usize::from(label)];
            (label, centre.iter().map(|x| x + number(1000.0)).collect())
        })
        .collect();
    if duplicates {
        for row in (DUPLICATES..rows).step_by(DUPLICATES) {
            all[row] = all[row / 2].clone();
            all[row].1[0] += 1;
        }
    }
    let mut features = Features::new(CLASSES, FEATURES)?;
    for (contribution, rows) in (0..).zip(all.chunks(ROWS_OF_CONTRIBUTION)) {
        let key = ContributionKey {
            datanet: 0,
            contribution,
        };
        features.push_contribution(key, rows)?;
    }
    let mut file = File::create(path)?;
    file.write_all(&features.to_bytes())?;
    Ok(())
}

/// What this thread has used of a processor.
fn processor() -> Result<Duration, Box<dyn Error>> {
    let usage = getrusage(UsageWho::RUSAGE_THREAD)?;
    let duration =
        |time: TimeVal| Duration::from_micros(time.tv_sec() as u64 * 1_000_000 + time.tv_usec() as u64);
    Ok(duration(usage.user_time()) + duration(usage.system_time()))
}

/// What Linux says of this process's memory.
fn status_kib(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}
