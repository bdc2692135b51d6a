// SPDX-License-Identifier: Apache-2.0
//! The same retrieval from an index on disk, by the `tantivy` crate: for libraries that memory does not hold.
//!
//! `tantivy` ranks in 32-bit floats with the lengths of passages rounded to a byte, and with the logarithm of the
//! machine. So it only proposes: several times as many candidates as are wanted, whose scores are then computed in
//! integers from their words ([`super::bm25`]). The answer is that of [`super::Library`] as long as the best passages
//! are among the candidates, which is what more of them are for; whoever checks a log does so with the integers.

use std::path::Path;

use tantivy::{
    collector::TopDocs,
    directory::MmapDirectory,
    query::BooleanQuery,
    schema::{
        Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions, Value, FAST, INDEXED, STORED,
    },
    tokenizer::WhitespaceTokenizer,
    Index, IndexReader, IndexSettings, IndexWriter, TantivyDocument, TantivyError, Term,
};

use super::{
    bm25::{term, Sizes},
    library::{best, check_limit, count, prepare, question_words, Cut},
    log::{Hit, Log},
    passages::{Document, Passage},
    RetrievalError,
};
use crate::merkle::Hash;
use openledger_trainer::features::ContributionKey;

/// Candidates for each passage that is wanted, and those beside them.
const CANDIDATES: (usize, usize) = (8, 64);
/// Bytes that the index may take while it is written.
const WRITER_BYTES: usize = 64 << 20;
/// Name of the tokenizer: words are prepared as in memory and joined by spaces.
const WORDS: &str = "words";

impl From<TantivyError> for RetrievalError {
    fn from(error: TantivyError) -> Self {
        Self::Index(error.to_string())
    }
}

/// Where things are in a document of the index.
#[derive(Clone, Copy, Debug)]
struct Fields {
    words: Field,
    /// Number of the passage, datanet, contribution, registration, start, end.
    numbers: [Field; 6],
}

impl Fields {
    fn new() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(WORDS)
            .set_index_option(IndexRecordOption::WithFreqs);
        let words = schema.add_text_field(
            WORDS,
            TextOptions::default().set_indexing_options(indexing).set_stored(),
        );
        let names = ["passage", "datanet", "contribution", "registered", "start", "end"];
        let numbers = names.map(|name| schema.add_u64_field(name, STORED | FAST | INDEXED));
        (schema.build(), Self { words, numbers })
    }
}

/// A library in a folder.
pub struct DiskLibrary {
    id: Hash,
    fields: Fields,
    reader: IndexReader,
    sizes: Sizes,
}

impl DiskLibrary {
    /// Cuts documents into passages, as [`super::Library::build`] does, and indexes them in an empty folder.
    ///
    /// # Errors
    /// Those of [`super::Library::build`], and [`RetrievalError::Index`].
    pub fn build<'a>(
        folder: &Path,
        documents: impl IntoIterator<Item = Document<'a>>,
    ) -> Result<Self, RetrievalError> {
        let (id, cuts) = prepare(documents)?;
        let (schema, fields) = Fields::new();
        let directory = MmapDirectory::open(folder).map_err(TantivyError::from)?;
        if Index::exists(&directory).map_err(TantivyError::from)? {
            return Err(TantivyError::IndexAlreadyExists.into());
        }
        let index = Index::create(directory, schema, IndexSettings::default())?;
        index.tokenizers().register(WORDS, WhitespaceTokenizer::default());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, WRITER_BYTES)?;
        let sizes = Sizes {
            passages: cuts.len() as u64,
            words: cuts.iter().map(|cut| cut.words.len() as u64).sum(),
        };
        for (number, Cut { passage, words }) in (0u64..).zip(cuts) {
            let mut document = TantivyDocument::default();
            document.add_text(fields.words, words.join(" "));
            let numbers = [
                number,
                passage.key.datanet,
                passage.key.contribution,
                passage.registered,
                passage.bytes.start,
                passage.bytes.end,
            ];
            for (field, number) in fields.numbers.into_iter().zip(numbers) {
                document.add_u64(field, number);
            }
            writer.add_document(document)?;
        }
        writer.commit()?;
        Ok(Self {
            id,
            fields,
            reader: index.reader()?,
            sizes,
        })
    }

    /// Names the library, as [`super::Library::id`] does.
    pub fn id(&self) -> Hash {
        self.id
    }

    /// The `limit` best passages for a question: what [`super::Library::retrieve`] gives.
    ///
    /// # Errors
    /// Those of [`super::Library::retrieve`], and [`RetrievalError::Index`].
    pub fn retrieve(&self, question: &str, limit: usize) -> Result<Log, RetrievalError> {
        check_limit(limit)?;
        let searcher = self.reader.searcher();
        let mut asked = Vec::new();
        for word in question_words(question)? {
            let wanted = Term::from_field_text(self.fields.words, &word);
            let with = searcher.doc_freq(&wanted)?;
            asked.push((word, with, wanted));
        }
        let query =
            BooleanQuery::new_multiterms_query(asked.iter().map(|(.., wanted)| wanted.clone()).collect());
        let candidates = TopDocs::with_limit(limit * CANDIDATES.0 + CANDIDATES.1).order_by_score();
        let (mut scored, mut passages) = (Vec::new(), Vec::new());
        for (_, address) in searcher.search(&query, &candidates)? {
            let document: TantivyDocument = searcher.doc(address)?;
            let (number, passage, words) = self.read(&document)?;
            let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
            let times = count(&words);
            let score: u64 = asked
                .iter()
                .filter_map(|(word, with, _)| {
                    let times = times.get(word.as_str())?;
                    Some(term(self.sizes, *with, *times, words.len() as u32))
                })
                .sum();
            // fewer passages than 2^32, and scores as in memory
            scored.push((number as u32, score as i64));
            passages.push((number as u32, passage));
        }
        let passage = |wanted: u32| passages.iter().find(|(number, _)| *number == wanted);
        let hits: Vec<Hit> = best(scored, limit)
            .into_iter()
            .filter_map(|(number, score)| {
                let (_, passage) = passage(number)?;
                let passage = passage.clone();
                Some(Hit { passage, score })
            })
            .collect();
        match hits.is_empty() {
            true => Err(RetrievalError::NothingFound),
            false => Ok(Log::new(self.id, question, hits)),
        }
    }

    fn read<'a>(&self, document: &'a TantivyDocument) -> Result<(u64, Passage, &'a str), RetrievalError> {
        let lacks = || RetrievalError::Index("a passage lacks a field".into());
        let mut numbers = [0; 6];
        for (number, field) in numbers.iter_mut().zip(self.fields.numbers) {
            *number = document
                .get_first(field)
                .and_then(|value| value.as_u64())
                .ok_or_else(lacks)?;
        }
        let [number, datanet, contribution, registered, start, end] = numbers;
        let words = document
            .get_first(self.fields.words)
            .and_then(|value| value.as_str())
            .ok_or_else(lacks)?;
        let passage = Passage {
            key: ContributionKey {
                datanet,
                contribution,
            },
            registered,
            bytes: start..end,
        };
        Ok((number, passage, words))
    }
}
