// SPDX-License-Identifier: Apache-2.0
//! The inverted index of the `tantivy` crate: lists packed in blocks.
//!
//! Passages are its documents and tokens its terms. Only its lists are read, every entry of them; its own ranking in
//! floats, with lengths rounded to a byte, is never asked, so what is retrieved is the same to the last bit.

use openledger_fixed::spans::Token;
use tantivy::{
    directory::RamDirectory,
    postings::Postings as _,
    schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{PreTokenizedString, Token as Word},
    DocSet, Index, IndexReader, IndexSettings, TantivyDocument, TantivyError, Term, TERMINATED,
};

use super::RetrievalError;

/// Bytes that the index may take while it is written, beyond which it would be in several parts.
const WRITER_BYTES: usize = 1 << 40;

impl From<TantivyError> for RetrievalError {
    fn from(error: TantivyError) -> Self {
        Self::Index(error.to_string())
    }
}

/// For each token the passages that have it.
pub struct Postings {
    tokens: Field,
    reader: IndexReader,
}

impl Postings {
    /// Indexes passages, which are numbered from zero.
    ///
    /// # Errors
    /// [`RetrievalError::Index`].
    pub fn of(passages: impl Iterator<Item = Vec<Token>>) -> Result<Self, RetrievalError> {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::WithFreqs);
        let tokens = schema.add_text_field("tokens", TextOptions::default().set_indexing_options(indexing));
        // one segment without threads: documents keep the numbers of their passages
        let mut writer = Index::builder()
            .schema(schema.build())
            .settings(IndexSettings::default())
            .single_segment_index_writer(RamDirectory::create(), WRITER_BYTES)?;
        for passage in passages {
            let words = passage.into_iter().enumerate().map(|(position, token)| Word {
                position,
                text: word(token),
                ..Word::default()
            });
            let mut document = TantivyDocument::default();
            document.add_pre_tokenized_text(
                tokens,
                PreTokenizedString {
                    text: String::new(),
                    tokens: words.collect(),
                },
            );
            writer.add_document(document)?;
        }
        let reader = writer.finalize()?.reader()?;
        Ok(Self { tokens, reader })
    }

    /// Calls `found` with the number of each passage that has `token`, ascending, and how often it has it.
    ///
    /// # Errors
    /// [`RetrievalError::Index`].
    pub fn each(&self, token: Token, mut found: impl FnMut(u32, u32)) -> Result<(), RetrievalError> {
        let wanted = Term::from_field_text(self.tokens, &word(token));
        for segment in self.reader.searcher().segment_readers() {
            let lists = segment.inverted_index(self.tokens)?;
            let list = lists
                .read_postings(&wanted, IndexRecordOption::WithFreqs)
                .map_err(TantivyError::from)?;
            let Some(mut list) = list else {
                continue;
            };
            while list.doc() != TERMINATED {
                found(list.doc(), list.term_freq());
                list.advance();
            }
        }
        Ok(())
    }
}

/// How a token is written in the index.
fn word(token: Token) -> String {
    format!("{token:04x}")
}
