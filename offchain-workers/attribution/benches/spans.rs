// SPDX-License-Identifier: Apache-2.0
//! Time to build a shard, against libsais alone, to attribute answers of 256 tokens, to give such answers by the ∞-gram
//! model, to find out and prove that a report on one is wrong, and to find the passages that a question calls for, on one
//! thread.
//!
//! `bench/run spans`, or with arguments `[tokens] [folder]`: ten million tokens by default. The text is drawn like a
//! language's (the token at rank `r` as often as `1 / r`), a twentieth of it repeats earlier passages, and half of each
//! answer is quotes of 5 to 30 tokens. With a folder, text, answers and spans are left there for other software to
//! compare. Seconds, and the mean of an answer, are what the thread used of a processor, so that other work on the
//! machine counts little; the median of an answer is of the clock.
//!
//! `libsais_s` is a suffix array and nothing else in the memory that the crate takes by itself; in
//! `libsais_large_pages_s` that memory may lie in large pages, as a build's does.

use std::{
    error::Error,
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use libsais::SuffixArrayConstruction;
use memmap2::MmapMut;
use nix::sys::{
    resource::{getrusage, UsageWho},
    time::TimeVal,
};
use openledger_attribution::{
    retrieval::Library,
    spans::{
        continuation, credits, scores, Answer, Corpus, Flaw, Rules, Shard, ShardBuilder, Span, TextRelease,
        Token, SEPARATOR,
    },
    ContributionKey,
};
use openledger_fixed::retrieval::MAX_PASSAGES;
use openledger_trainer::random::SplitMix64;

const DEFAULT_TOKENS: usize = 10_000_000;
const VOCABULARY: u64 = 50_000;
const DOCUMENT_TOKENS: usize = 1_000;
/// Times that the text is sorted in each way; the least counts, as what else the machine does only ever adds.
const ROUNDS: usize = 5;
const ANSWERS: usize = 201;
const ANSWER_TOKENS: usize = 256;
/// Tokens that the ∞-gram model goes on from.
const PROMPT_TOKENS: usize = 5;
/// Tokens of a question that passages are looked up for.
const QUESTION_TOKENS: usize = 12;

fn main() -> Result<(), Box<dyn Error>> {
    // cargo adds flags of its own
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"));
    let tokens = match arguments.next() {
        Some(tokens) => tokens.parse()?,
        None => DEFAULT_TOKENS,
    };
    let mut random = SplitMix64::new(20_261_121);
    let zipf = Zipf::new();
    let documents = documents(tokens, &zipf, &mut random);
    let answers: Vec<Vec<Token>> = (0..ANSWERS)
        .map(|_| answer(&documents, &zipf, &mut random))
        .collect();
    let left = arguments.next();
    if let Some(folder) = &left {
        leave(Path::new(folder), &documents, &answers)?;
    }

    let text: Vec<Token> = documents
        .iter()
        .flat_map(|document| document.iter().copied().chain([SEPARATOR]))
        .collect();
    let mut builder = ShardBuilder::new([0; 32]);
    builder.reserve(documents.len(), text.len());
    for (number, document) in (0..).zip(&documents) {
        let key = ContributionKey {
            datanet: 0,
            contribution: number,
        };
        builder.push(key, number, document)?;
    }
    drop(documents);
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("shard");
    let [mut libsais, mut large_pages, mut sort, mut build] = [Duration::MAX; 4];
    for _ in 0..ROUNDS {
        libsais = libsais.min(bare(&text)?);
        let builder = builder.clone();
        let start = processor()?;
        let sorted = builder.finish()?;
        sort = sort.min(processor()? - start);
        sorted.write(BufWriter::new(File::create(&path)?))?;
        build = build.min(processor()? - start);
        drop(sorted);
        large_pages = large_pages.min(in_large_pages(&text)?);
    }
    drop((text, builder));

    let start = Instant::now();
    let shard = Shard::open(&path)?;
    let open = start.elapsed();
    let start = processor()?;
    shard.verify()?;
    let verify = processor()? - start;
    let bytes = shard.as_bytes().len();
    let corpus = Corpus::new(vec![shard])?;

    let mut times = Vec::with_capacity(ANSWERS);
    let start = processor()?;
    let (mut spans, mut credited) = (Vec::with_capacity(ANSWERS), 0);
    for answer in &answers {
        let start = Instant::now();
        let found = corpus.attribute(answer, &Rules::default())?;
        times.push(start.elapsed().as_micros());
        credited += found
            .credits
            .iter()
            .map(|credit| credit.output.len())
            .sum::<usize>();
        spans.push(found.spans);
    }
    let all = processor()? - start;
    let text = text_model(Shard::open(&path)?, &answers)?;
    times.sort_unstable();
    if let Some(folder) = &left {
        leave_spans(Path::new(folder), &spans)?;
    }
    println!(
        r#"{{"tokens":{},"bytes_a_token":{:.3},"libsais_s":{:.2},"sort_s":{:.2},"build_s":{:.2},"build_of_libsais":{:.3},"libsais_large_pages_s":{:.2},"build_of_that":{:.3},"open_ms":{},"verify_s":{:.2},"answers":{ANSWERS},"mean_us":{},"median_us":{},"spans_an_answer":{:.1},"credited_tokens_an_answer":{:.1},{text}}}"#,
        corpus.shards()[0].len(),
        bytes as f64 / corpus.shards()[0].len() as f64,
        libsais.as_secs_f64(),
        sort.as_secs_f64(),
        build.as_secs_f64(),
        build.as_secs_f64() / libsais.as_secs_f64(),
        large_pages.as_secs_f64(),
        build.as_secs_f64() / large_pages.as_secs_f64(),
        open.as_millis(),
        verify.as_secs_f64(),
        all.as_micros() / ANSWERS as u128,
        times[ANSWERS / 2],
        spans.iter().map(Vec::len).sum::<usize>() as f64 / ANSWERS as f64,
        credited as f64 / ANSWERS as f64,
    );
    Ok(())
}

/// Figures of a model of the text: its release, answers of as many tokens to the first of each answer, what refutes reports
/// that leave a third of an answer uncredited, and the passages for the first tokens of each.
fn text_model(shard: Shard, answers: &[Vec<Token>]) -> Result<String, Box<dyn Error>> {
    let start = processor()?;
    let release = TextRelease::of(Arc::new(shard), &Rules::default())?;
    let released = processor()? - start;
    let start = processor()?;
    let mut generated = 0;
    for answer in answers {
        generated += continuation(release.shard(), &answer[..PROMPT_TOKENS], ANSWER_TOKENS, &[]).len();
    }
    let generating = processor()? - start;
    let (mut judging, mut bytes, mut refuted) = (Duration::ZERO, 0, 0);
    for answer in answers {
        let mut credited = credits(answer, release.shard(), release.rules())?;
        let reported = scores(answer, &credited, release.shard());
        let left_out = credited.iter_mut().take(ANSWER_TOKENS / 3);
        left_out.for_each(|credit| credit.position = openledger_fixed::spans::NOBODY);
        let start = processor()?;
        let found = release.find_flaw(&Answer {
            output: answer,
            credits: &credited,
            scores: &reported,
            retrieved: None,
        })?;
        judging += processor()? - start;
        if let Some(Flaw::Claim { ours, .. }) = found.map(|found| found.flaw) {
            bytes += ours.bytes.len() + 32 * ours.proof.len();
            refuted += 1;
        }
    }
    let start = processor()?;
    let library = Library::of(release.shard())?;
    let indexing = processor()? - start;
    let start = processor()?;
    let mut cited = 0;
    for answer in answers {
        let log = library.retrieve(&answer[..QUESTION_TOKENS], MAX_PASSAGES)?;
        cited += log.cited.len();
    }
    let retrieving = processor()? - start;
    assert_eq!(
        cited,
        MAX_PASSAGES * answers.len(),
        "every question has its passages"
    );
    Ok(format!(
        r#""release_s":{:.2},"generated_tokens_an_answer":{:.1},"generating_us":{},"finding_a_flaw_us":{},"refuted":{refuted},"window_and_proof_bytes":{},"passages":{},"library_s":{:.2},"retrieving_us":{}"#,
        released.as_secs_f64(),
        generated as f64 / answers.len() as f64,
        generating.as_micros() / answers.len() as u128,
        judging.as_micros() / answers.len() as u128,
        bytes / refuted.max(1),
        library.passages(),
        indexing.as_secs_f64(),
        retrieving.as_micros() / answers.len() as u128,
    ))
}

/// Time of a suffix array and nothing else.
fn bare(text: &[Token]) -> Result<Duration, Box<dyn Error>> {
    let start = processor()?;
    let suffixes = SuffixArrayConstruction::for_text(text)
        .in_owned_buffer32()
        .single_threaded()
        .run()?;
    let time = processor()? - start;
    drop(suffixes);
    Ok(time)
}

/// The same in memory that the system may hold in large pages, as the build has it.
fn in_large_pages(text: &[Token]) -> Result<Duration, Box<dyn Error>> {
    let start = processor()?;
    let mut map = MmapMut::map_anon(size_of_val(text) * 2)?;
    // a system without large pages has the others
    let _ = map.advise(memmap2::Advice::HugePage);
    // SAFETY: any four bytes are a number.
    let (_, numbers, _) = unsafe { map.align_to_mut::<i32>() };
    SuffixArrayConstruction::for_text(text)
        .in_borrowed_buffer(numbers)
        .single_threaded()
        .run()?;
    Ok(processor()? - start)
}

/// What this thread has used of a processor.
fn processor() -> Result<Duration, Box<dyn Error>> {
    let usage = getrusage(UsageWho::RUSAGE_THREAD)?;
    let duration =
        |time: TimeVal| Duration::from_micros(time.tv_sec() as u64 * 1_000_000 + time.tv_usec() as u64);
    Ok(duration(usage.user_time()) + duration(usage.system_time()))
}

/// Draws the token at rank `r` about as often as `1 / r`.
struct Zipf {
    sums: Vec<u64>,
}

impl Zipf {
    fn new() -> Self {
        let weights = (1..=VOCABULARY).map(|rank| (1 << 40) / rank);
        let sums = weights.scan(0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Self { sums: sums.collect() }
    }

    fn draw(&self, random: &mut SplitMix64) -> Token {
        let all = self.sums[self.sums.len() - 1];
        let at = ((u128::from(random.next_u64()) * u128::from(all)) >> 64) as u64;
        self.sums.partition_point(|sum| *sum <= at) as Token
    }
}

fn documents(tokens: usize, zipf: &Zipf, random: &mut SplitMix64) -> Vec<Vec<Token>> {
    let mut documents: Vec<Vec<Token>> = Vec::new();
    for _ in 0..tokens / DOCUMENT_TOKENS {
        let mut document = Vec::with_capacity(DOCUMENT_TOKENS);
        while document.len() < DOCUMENT_TOKENS {
            // a passage of 110 tokens on average, after 2,090 drawn ones
            if random.below(2_090) == 0 && !documents.is_empty() {
                let passage = 20 + random.below(181);
                document.extend_from_slice(passage_of(&documents, passage, random));
            } else {
                document.push(zipf.draw(random));
            }
        }
        document.truncate(DOCUMENT_TOKENS);
        documents.push(document);
    }
    documents
}

fn passage_of<'d>(documents: &'d [Vec<Token>], tokens: usize, random: &mut SplitMix64) -> &'d [Token] {
    let document = &documents[random.below(documents.len())];
    &document[random.below(DOCUMENT_TOKENS - tokens + 1)..][..tokens]
}

fn answer(documents: &[Vec<Token>], zipf: &Zipf, random: &mut SplitMix64) -> Vec<Token> {
    let mut answer = Vec::new();
    while answer.len() < ANSWER_TOKENS {
        let quoted = 5 + random.below(26);
        answer.extend_from_slice(passage_of(documents, quoted, random));
        let drawn = 5 + random.below(26);
        answer.extend((0..drawn).map(|_| zipf.draw(random)));
    }
    answer.truncate(ANSWER_TOKENS);
    answer
}

/// Writes `documents` and `answers`: 16-bit numbers, little endian; after each the separator.
fn leave(folder: &Path, documents: &[Vec<Token>], answers: &[Vec<Token>]) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    for (name, texts) in [("documents", documents), ("answers", answers)] {
        let mut file = BufWriter::new(File::create(folder.join(name))?);
        for token in texts.iter().flat_map(|text| text.iter().chain([&SEPARATOR])) {
            file.write_all(&token.to_le_bytes())?;
        }
        file.flush()?;
    }
    Ok(())
}

/// Writes a line for each answer: start, end and count of each span.
fn leave_spans(folder: &Path, spans: &[Vec<Span>]) -> Result<(), Box<dyn Error>> {
    let mut file = BufWriter::new(File::create(folder.join("spans"))?);
    for of_answer in spans {
        for Span { output, count, .. } in of_answer {
            write!(file, "{} {} {count} ", output.start, output.end)?;
        }
        writeln!(file)?;
    }
    file.flush()?;
    Ok(())
}
