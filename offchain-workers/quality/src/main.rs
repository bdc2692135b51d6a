// SPDX-License-Identifier: Apache-2.0
//! `attribution-quality`: how well attribution finds who made an answer, and who gets the money.
//!
//! Scores come from the attribution engine, money from the pallet's own netting. Beside the score that pays stand
//! five others. Everything printed is measured on rows that no model was trained or tuned on.

mod data;
mod methods;
mod model;
mod money;
mod play;
mod print;
mod quotes;
mod stats;
mod text;
mod truth;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;

use crate::{
    data::{Source, Split},
    print::Measured,
    text::Text,
};

/// Measures the quality of attribution on a table or a text and prints it as Markdown.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// A table of numbers without a header, the label in the last column. Without one: the digits.
    #[arg(long, env = "CSV")]
    csv: Option<PathBuf>,
    /// A text in UTF-8, gzip-compressed if its name ends in .gz: planted quotes, and a table made of its words.
    #[arg(long, env = "TEXT", conflicts_with = "csv")]
    text: Option<PathBuf>,
    /// Quotes that are planted for each kind of edit.
    #[arg(long, env = "QUOTES", default_value_t = 1_000)]
    quotes: usize,
    /// The digits, gzip-compressed.
    #[arg(long, env = "DIGITS", default_value = "data/digits.csv.gz")]
    digits: PathBuf,
    /// Independent repetitions: other splits, flips and halves.
    #[arg(long, env = "SEEDS", default_value_t = 3)]
    seeds: u64,
    /// Half-subsets that the head is trained on again.
    #[arg(long, env = "HALVES", default_value_t = 50)]
    halves: usize,
    /// Rows that the head is trained again without.
    #[arg(long, env = "LEFT_OUT", default_value_t = 100)]
    left_out: usize,
    /// Questions whose scores are compared with retraining.
    #[arg(long, env = "QUESTIONS", default_value_t = 25)]
    questions: usize,
    /// Answers that are paid for.
    #[arg(long, env = "ANSWERS", default_value_t = 2_000)]
    answers: usize,
    /// Weight of the heads' regulariser.
    #[arg(long, env = "LAMBDA", default_value_t = openledger_trainer::head::LAMBDA)]
    lambda: f64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let text = arguments.text.as_deref().map(Text::read).transpose()?;
    let source = match (&text, &arguments.csv) {
        (Some(text), _) => text.gaps()?,
        (None, Some(path)) => Source::csv(path)?,
        (None, None) => Source::digits(&arguments.digits)?,
    };
    if let Some(text) = &text {
        let quotes = each_seed(&arguments, |seed| {
            quotes::measure(text, arguments.quotes, arguments.answers, seed)
        });
        print!("{}", print::quotes(text, arguments.quotes, &quotes?));
    }
    let measured = each_seed(&arguments, |seed| measure(&arguments, &source, seed));
    print!("{}", print::report(&source, &measured?));
    Ok(())
}

/// One thread a seed: a run is minutes of training, and seeds share nothing.
fn each_seed<T: Send>(arguments: &Arguments, run: impl Fn(u64) -> Result<T> + Sync) -> Result<Vec<T>> {
    std::thread::scope(|scope| {
        let run = &run;
        let runs: Vec<_> = (1..=arguments.seeds.max(1))
            .map(|seed| scope.spawn(move || run(seed).with_context(|| format!("seed {seed}"))))
            .collect();
        runs.into_iter()
            .map(|run| {
                run.join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    })
}

fn measure(arguments: &Arguments, source: &Source, seed: u64) -> Result<Measured> {
    let split = Split::of(source, seed)?;
    let flipped = split.with_flips(seed);
    let effort = truth::Effort {
        halves: arguments.halves,
        left_out: arguments.left_out,
        questions: arguments.questions,
        lambda: arguments.lambda,
        seed,
    };
    let clean = truth::measure(&split, &effort)?;
    let noisy = truth::measure_halves(&flipped.split, &effort)?;
    let game = play::Game {
        answers: arguments.answers,
        lambda: arguments.lambda,
        seed,
    };
    let measured = Measured {
        rows: split.train.len(),
        parameters: usize::from(split.classes) * (split.dims() + 1),
        duplicates: clean.duplicates,
        accuracy: clean.accuracy,
        clean: clean.halves,
        noisy,
        left_out: clean.left_out,
        junk: play::junk(&game, &flipped)?,
        sybil: play::sybil(&game, &split)?,
        inflation: play::inflation(&game, &split)?,
        griefing: play::griefing(&game, &split)?,
    };
    eprintln!("seed {seed} is done");
    Ok(measured)
}
