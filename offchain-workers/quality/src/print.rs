// SPDX-License-Identifier: Apache-2.0
//! The figures as Markdown.

use std::fmt::Write;

use crate::{
    data::{Source, CONTRIBUTIONS, RESERVE},
    methods::Method,
    play::{griefing_bound, Copied, Griefing, Junk, Sybil, NOISE, SCALES},
    quotes::{self, Edit, CHANGED, PLAYED, REPEATED},
    stats::mean,
    text::Text,
    truth::ByMethod,
};

/// Everything that one seed measured; lists have one entry for each of [`Method::ALL`].
pub struct Measured {
    pub rows: usize,
    pub parameters: usize,
    pub duplicates: usize,
    pub accuracy: f64,
    pub clean: ByMethod,
    pub noisy: ByMethod,
    pub left_out: ByMethod,
    pub junk: Vec<Junk>,
    pub sybil: Vec<Sybil>,
    pub inflation: Vec<Vec<f64>>,
    pub griefing: Vec<Griefing>,
}

/// Figures of the score that pays, and what they should be.
const LDS: f64 = 0.85;
const LDS_WITH_FLIPS: f64 = 0.8;
const LEFT_OUT: f64 = 0.95;
const JUNK: f64 = 0.04;
const AUC: f64 = 0.95;
/// Share of verbatim quotes whose source is paid.
const RECALL: f64 = 0.99;
/// Accuracy above which a table counts as solved, so that wrong labels can be known.
const SOLVED: f64 = 0.9;

/// All tables of a run.
pub fn report(source: &Source, runs: &[Measured]) -> String {
    let mut text = String::new();
    let first = &runs[0];
    // writing to a string cannot fail
    let _ = writeln!(
        text,
        "### {}\n\n{} seeds, {} training rows, {} parameters, accuracy {:.3}; {} near-duplicates among the honest \
         rows. Means over the seeds.\n",
        source.name,
        runs.len(),
        first.rows,
        first.parameters,
        mean(runs.iter().map(|run| run.accuracy)),
        spread(runs, |run| run.duplicates as f64, |x| format!("{x:.0}")),
    );
    scores(&mut text, runs);
    sybils(&mut text, runs);
    scaled(&mut text, runs);
    targets(&mut text, runs);
    text
}

/// Tables of planted quotes.
pub fn quotes(text: &Text, planted: usize, runs: &[quotes::Measured]) -> String {
    let over = |of: &dyn Fn(&quotes::Measured) -> f64| mean(runs.iter().map(of));
    let mut out = String::new();
    let _ = writeln!(
        out,
        "### {}, planted quotes\n\n{} seeds, {} contributions of {} tokens together, {} quotes of 5 to 30 tokens for \
         each line with up to 60 other tokens on either side. Means over the seeds. Of the passages drawn {} stood in \
         an earlier contribution as well and were not taken.\n\n\
         | quote | source is paid | source is paid most | among the 16 with most words in common | among 16 at random |\n\
         | --- | --- | --- | --- | --- |",
        text.name,
        runs.len(),
        runs[0].contributions,
        runs[0].tokens,
        planted,
        percent(over(&|run| run.borrowed)),
    );
    for (e, edit) in Edit::ALL.into_iter().enumerate() {
        let _ = writeln!(
            out,
            "| {} | {:.3} | {:.3} | {:.3} | {:.3} |",
            edit.name(),
            over(&|run| run.recall[e].spans),
            over(&|run| run.recall[e].first),
            over(&|run| run.recall[e].words),
            over(&|run| run.recall[e].random),
        );
    }
    let recall = over(&|run| run.recall[0].spans);
    let verdict = if recall >= RECALL {
        "kept".to_owned()
    } else {
        format!("**missed by {:.3}**", RECALL - recall)
    };
    let _ = writeln!(
        out,
        "\nTarget: {RECALL} verbatim, {verdict}.\n\nCopies: of {PLAYED} contributions one of middling length is registered ten times more, \
         each word replaced with a probability. Share of all money when every answer quotes three contributions drawn \
         at random, the copies among them; ten fresh contributions in their place get {}, and the copied one got {} \
         before.\n",
        percent(over(&|run| run.honest)),
        percent(over(&|run| run.before)),
    );
    line(
        &mut out,
        "words replaced",
        CHANGED.iter().map(|share| percent(*share)),
    );
    let _ = writeln!(out, "|{}", " --- |".repeat(CHANGED.len() + 1));
    line(
        &mut out,
        "the ten copies",
        (0..CHANGED.len()).map(|c| percent(over(&|run| run.copier[c]))),
    );
    line(
        &mut out,
        "the copied one",
        (0..CHANGED.len()).map(|c| percent(over(&|run| run.owner[c]))),
    );
    let _ = writeln!(
        out,
        "\nRepetition: a tenth of the {PLAYED} contributions repeat their whole text. Share of all money:\n"
    );
    line(&mut out, "times", REPEATED.iter().map(ToString::to_string));
    let _ = writeln!(out, "|{}", " --- |".repeat(REPEATED.len() + 1));
    line(
        &mut out,
        "share",
        (0..REPEATED.len()).map(|r| percent(over(&|run| run.repeated[r]))),
    );
    let _ = writeln!(out);
    out
}

fn line(out: &mut String, name: &str, cells: impl Iterator<Item = String>) {
    let cells: Vec<String> = cells.collect();
    let _ = writeln!(out, "| {name} | {} |", cells.join(" | "));
}

/// One value for all runs, or the range.
fn spread(runs: &[Measured], of: impl Fn(&Measured) -> f64, print: impl Fn(f64) -> String) -> String {
    let values: Vec<f64> = runs.iter().map(of).collect();
    let (least, most) = values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| {
            (a.min(*x), b.max(*x))
        });
    if least == most {
        print(least)
    } else {
        format!("{} to {}", print(least), print(most))
    }
}

fn over(runs: &[Measured], of: impl Fn(&Measured) -> f64) -> f64 {
    mean(runs.iter().map(of))
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn scores(text: &mut String, runs: &[Measured]) {
    let _ = writeln!(
        text,
        "| score | LDS | LDS, 20 % flipped | leave-one-out | AUC of flips | junk pay, un-netted | junk pay, netted | \
         griefing: burnt per OPEN spent, mean (most) |\n| --- | --- | --- | --- | --- | --- | --- | --- |"
    );
    for (m, method) in Method::ALL.into_iter().enumerate() {
        let _ = writeln!(
            text,
            "| {} | {:.3} | {:.3} | {:.3} | {:.3} | {} | {} | {:.3} ({:.3}) |",
            method.name(),
            over(runs, |run| run.clean[m]),
            over(runs, |run| run.noisy[m]),
            over(runs, |run| run.left_out[m]),
            over(runs, |run| run.junk[m].auc),
            percent(over(runs, |run| run.junk[m].unnetted)),
            percent(over(runs, |run| run.junk[m].netted)),
            over(runs, |run| run.griefing[m].mean),
            runs.iter().map(|run| run.griefing[m].most).fold(0.0, f64::max),
        );
    }
    let _ = writeln!(
        text,
        "\nA griefer can burn at most {:.1} OPEN per OPEN spent; of the best-paid contributions' unvested pay it got \
         {} on average before nothing more could be taken or 500 questions were asked.\n",
        griefing_bound(),
        percent(over(runs, |run| run.griefing[0].taken)),
    );
}

fn sybils(text: &mut String, runs: &[Measured]) {
    let _ = writeln!(
        text,
        "Sybil test: one of {CONTRIBUTIONS} contributions is registered {RESERVE} times more, each feature moved by \
         normal noise (in standard deviations). Share of all money that the copier gets; honest is what as many fresh \
         rows get in its place.\n"
    );
    for (title, of) in [
        ("best-paid", (|sybil| &sybil.best) as fn(&Sybil) -> &Copied),
        ("typical", |sybil| &sybil.typical),
    ] {
        let _ = write!(text, "| score, copies of the {title} | honest |");
        NOISE.iter().for_each(|noise| {
            let _ = write!(text, " {noise} |");
        });
        let _ = writeln!(text, "\n| --- | --- |{}", " --- |".repeat(NOISE.len()));
        for (m, method) in Method::ALL.into_iter().enumerate() {
            let honest = percent(over(runs, |run| run.sybil[m].honest));
            let _ = write!(text, "| {} | {honest} |", method.name());
            for n in 0..NOISE.len() {
                let _ = write!(
                    text,
                    " {} |",
                    percent(over(runs, |run| of(&run.sybil[m]).copier[n]))
                );
            }
            let _ = writeln!(text);
        }
        let owner: Vec<String> = (0..NOISE.len())
            .map(|n| percent(over(runs, |run| of(&run.sybil[0]).owner[n])))
            .collect();
        let _ = writeln!(
            text,
            "\nUnder the score that pays, the copied contribution got {} before and {} beside the copies.\n",
            percent(over(runs, |run| of(&run.sybil[0]).before)),
            owner.join(", "),
        );
    }
}

fn scaled(text: &mut String, runs: &[Measured]) {
    let _ = write!(
        text,
        "Inflation test: a tenth of the contributions multiply their data, as far as its format lets them. Share of \
         all money that they get:\n\n| score |"
    );
    SCALES.iter().for_each(|scale| {
        let _ = write!(text, " × {scale} |");
    });
    let _ = writeln!(text, "\n| --- |{}", " --- |".repeat(SCALES.len()));
    for (m, method) in Method::ALL.into_iter().enumerate() {
        let _ = write!(text, "| {} |", method.name());
        for s in 0..SCALES.len() {
            let _ = write!(text, " {} |", percent(over(runs, |run| run.inflation[m][s])));
        }
        let _ = writeln!(text);
    }
    let _ = writeln!(text);
}

/// Each target of the score that pays, and by how much it is kept or missed.
fn targets(text: &mut String, runs: &[Measured]) {
    let enough = runs.iter().all(|run| run.rows >= run.parameters);
    let solved = over(runs, |run| run.accuracy) > SOLVED;
    let worst = |figures: &mut dyn Iterator<Item = f64>| figures.fold(f64::NEG_INFINITY, f64::max);
    let copier = |of: fn(&Sybil) -> &Copied| {
        worst(&mut (0..NOISE.len()).map(|n| {
            over(runs, |run| {
                let sybil = &run.sybil[0];
                of(sybil).copier[n] - sybil.honest
            })
        }))
    };
    let scaled = |wanted: fn(f64) -> bool| {
        worst(
            &mut (0..SCALES.len())
                .filter(|s| wanted(SCALES[*s]))
                .map(|s| over(runs, |run| run.inflation[0][s] - run.inflation[0][1])),
        )
    };
    let most = runs.iter().map(|run| run.griefing[0].most).fold(0.0, f64::max);
    let figures = [
        ("LDS", over(runs, |run| run.clean[0]), LDS, true, enough),
        (
            "LDS, 20 % flipped",
            over(runs, |run| run.noisy[0]),
            LDS_WITH_FLIPS,
            true,
            enough,
        ),
        (
            "leave-one-out correlation",
            over(runs, |run| run.left_out[0]),
            LEFT_OUT,
            true,
            enough,
        ),
        (
            "junk pay, netted",
            over(runs, |run| run.junk[0].netted),
            JUNK,
            false,
            solved,
        ),
        ("AUC of ℓ", over(runs, |run| run.junk[0].auc), AUC, true, solved),
        (
            "copier of typical data, share above honest",
            copier(|sybil| &sybil.typical),
            0.0,
            false,
            true,
        ),
        (
            "copier of the best-paid, share above honest",
            copier(|sybil| &sybil.best),
            0.0,
            false,
            true,
        ),
        (
            "data scaled up, share above unscaled",
            scaled(|scale| scale > 1.0),
            0.0,
            false,
            true,
        ),
        (
            "data scaled down, share above unscaled",
            scaled(|scale| scale < 1.0),
            0.0,
            false,
            true,
        ),
        ("burnt per OPEN spent", most, 1.0, false, true),
    ];
    let _ = writeln!(
        text,
        "| target for the score that pays | wanted | found | |\n| --- | --- | --- | --- |"
    );
    for (name, found, wanted, at_least, applies) in figures {
        let missed = if at_least { wanted - found } else { found - wanted };
        let verdict = match (applies, missed > 0.0) {
            (false, _) => "does not apply: printed only".to_owned(),
            (true, true) => format!("**missed by {missed:.3}**"),
            (true, false) => "kept".to_owned(),
        };
        let sign = if at_least { "≥" } else { "≤" };
        let _ = writeln!(text, "| {name} | {sign} {wanted} | {found:.3} | {verdict} |");
    }
    let _ = writeln!(
        text,
        "\nCorrelations are targets where there are as many rows as parameters, junk pay and AUC where the head is \
         more than {SOLVED} accurate.\n"
    );
}
