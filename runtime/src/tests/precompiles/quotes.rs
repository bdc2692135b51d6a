// SPDX-License-Identifier: Apache-2.0
//! `IAttribution`: an unpaid contributor, an Ethereum account, shows that an answer quotes it.

use super::{
    calls::spec,
    development_chain,
    inference::{question, serve_with, PRICE},
    last_log,
    model_registry::published_source,
    planck, refused,
    workers::a_host,
    ALITH, BALTATHAR, CHARLETH, DOROTHY,
};
use openledger_precompiles::{
    interfaces::{
        IAttribution::{self, *},
        IInference, IModelRegistry,
    },
    Place::{self, Attribution as AT},
};
use openledger_primitives::fixed::{
    release::{self, leaf, node},
    retrieval::{query_numbers, Log},
    spans::{
        count_leaf, credits_to_query, output_bytes, text_root, Credit, TextShape, Token, NOBODY, SEPARATOR,
    },
};
use pallet_revive::precompiles::alloy::primitives::B256;
use sp_io::hashing::blake2_256;

/// Tokens of an output.
const TOKENS: usize = 16;

/// Baltathar's contribution: two words, said five times each.
fn tokens() -> Vec<Token> {
    [1, 2].repeat(5)
}

fn text() -> Vec<u8> {
    let separated = tokens().into_iter().chain([SEPARATOR]);
    separated.flat_map(Token::to_le_bytes).collect()
}

fn place() -> ReleasePlace {
    ReleasePlace {
        datanet: 0,
        contribution: 0,
        registered: 3,
        first: 0,
        rows: 10,
    }
}

fn counts() -> [[u8; 32]; 3] {
    [(1, 5), (2, 5), (SEPARATOR, 1)].map(|(token, count)| leaf(blake2_256, &count_leaf(token, count)))
}

fn released() -> TextRelease {
    let shape = TextShape {
        tokens: 11,
        documents: 1,
        distinct: 3,
        min_tokens: 5,
        copy_tokens: 8,
        tokenizer: [9; 32],
    };
    let place = release::Place {
        datanet: 0,
        contribution: 0,
        registered: 3,
        first: 0,
        rows: 10,
    };
    let [one, two, end] = counts();
    TextRelease {
        header: shape.to_bytes().to_vec().into(),
        table: leaf(blake2_256, &place.to_bytes()).into(),
        text: leaf(blake2_256, &text()).into(),
        counts: node(blake2_256, &node(blake2_256, &one, &two), &end).into(),
    }
}

/// Charleth's text model, which quoted Baltathar to Alith; Dorothy credited nobody, counted one word of the answer and the
/// one of the question wrong, and says that no passage was looked up.
fn a_quote_that_is_not_credited() {
    let released = released();
    let header = released.header.as_ref().try_into().expect("it is one");
    let root = text_root(
        blake2_256,
        &header,
        &released.table.0,
        &released.text.0,
        &released.counts.0,
    );
    let artifact: B256 = [1; 32].into();
    let config: B256 = [2; 32].into();
    let spec = IModelRegistry::Spec {
        artifact,
        config,
        format: IModelRegistry::Format::Corpus,
        inputType: IModelRegistry::InputType::Tokens,
        inputWidth: 256,
        outputBytes: 2 * TOKENS as u32,
        queryLen: query_numbers(TOKENS, 1).expect("it is short") as u32,
        classes: 0,
        comparator: IModelRegistry::Comparator {
            rule: IModelRegistry::Rule::Exact,
            absoluteTolerance: 0,
            relativePpm: 0,
        },
        attribution: IModelRegistry::Attribution {
            root: root.into(),
            index: artifact,
            features: config,
            rows: 1,
            passages: 1,
        },
        ..spec()
    };
    let register = IModelRegistry::registerBaseCall {
        spec,
        sources: vec![published_source()],
        price: planck(PRICE),
    };
    CHARLETH.does(Place::ModelRegistry, register);
    a_host(DOROTHY, 0);
    let question = IInference::requestCall {
        input: asked().into(),
        ..question()
    };
    ALITH.does(Place::Inference, question);
    let credit = |count| Credit {
        position: NOBODY,
        count,
    };
    let mut credits: Vec<_> = tokens()
        .iter()
        .map(|token| credit(if *token == 1 { 9 } else { 5 }))
        .collect();
    credits.resize(TOKENS, Credit::NONE);
    let output = output_bytes(&tokens(), TOKENS).expect("it is short");
    let mut query = credits_to_query(&credits);
    let log = Log::new(vec![9], [], 1);
    query.extend(log.to_query(1));
    serve_with(0, output, query, &[]);
}

/// The question, in tokens: one word of the text.
fn asked() -> Vec<u8> {
    2u16.to_le_bytes().to_vec()
}

fn nothing_shown() -> Window {
    Window {
        firstLeaf: 0,
        tokens: vec![].into(),
        proof: vec![],
    }
}

fn whole_text() -> Window {
    Window {
        tokens: text().into(),
        ..nothing_shown()
    }
}

fn flaw(kind: FlawKind) -> Flaw {
    Flaw {
        kind,
        from: 0,
        count: 10,
        position: 0,
        ours: nothing_shown(),
        theirs: nothing_shown(),
        tokenCount: 0,
        ordinal: 0,
        proof: vec![],
        question: asked().into(),
        document: vec![],
    }
}

fn document() -> Document {
    Document {
        datanet: 0,
        contribution: 0,
        ordinal: 0,
        places: vec![place()],
        proof: vec![],
    }
}

fn refute(flaw: Flaw) -> refuteSpansCall {
    refuteSpansCall {
        request: 0,
        release: released(),
        flaw,
        documents: vec![document()],
    }
}

#[test]
fn an_unpaid_contributor_shows_what_was_quoted_of_it() {
    development_chain().execute_with(|| {
        a_quote_that_is_not_credited();
        let claim = || Flaw {
            ours: whole_text(),
            ..flaw(FlawKind::Claim)
        };
        BALTATHAR.does(AT, refute(claim()));
        let log: SpansRefuted = last_log(AT);
        assert_eq!((log.request, log.by), (0, BALTATHAR.address()));
        let report = ALITH.does(AT, reportOfCall { request: 0 });
        assert_eq!((report.entries.len(), report.refuted), (1, false));
        assert_eq!(report.entries[0].weight, 1_000_000_000);
        assert_eq!(report.entries[0].evidence, IAttribution::Evidence::Spans);
        let reward = ALITH.does(
            AT,
            claimableCall {
                account: BALTATHAR.address(),
            },
        );
        assert!(reward > planck(0), "a part of the slash");

        // what is wrong beside it: a count, for which there is no further reward
        let [_, two, end] = counts();
        let count = Flaw {
            tokenCount: 5,
            proof: vec![two.into(), end.into()],
            ..flaw(FlawKind::Count)
        };
        let before = report.entries[0].score;
        CHARLETH.does(AT, refute(count));
        let report = ALITH.does(AT, reportOfCall { request: 0 });
        assert!(report.entries[0].score > before);
        let by = claimableCall {
            account: BALTATHAR.address(),
        };
        assert_eq!(ALITH.does(AT, by), reward);

        // the passage that the question calls for, and its term's count
        let retrieved = || Flaw {
            ours: whole_text(),
            document: vec![document()],
            ..flaw(FlawKind::Retrieved)
        };
        let [one, ..] = counts();
        let term = || Flaw {
            tokenCount: 5,
            ordinal: 1,
            proof: vec![one.into(), end.into()],
            ..flaw(FlawKind::Term)
        };
        ALITH.does(AT, refute(retrieved()));
        let report = ALITH.does(AT, reportOfCall { request: 0 });
        let kinds: Vec<_> = report
            .entries
            .iter()
            .map(|entry| (entry.evidence, entry.weight))
            .collect();
        assert_eq!(
            kinds,
            [
                (IAttribution::Evidence::Spans, 750_000_000),
                (IAttribution::Evidence::Retrieval, 250_000_000)
            ]
        );
        let low = report.entries[1].score;
        ALITH.does(AT, refute(term()));
        ALITH.does(AT, refute(retrieved()));
        let report = ALITH.does(AT, reportOfCall { request: 0 });
        assert!(report.entries[1].score > low, "the rarer word says more");

        for (nothing_wrong, name) in [
            (retrieved(), "Attribution.SpansRight"),
            (term(), "Attribution.SpansRight"),
            (
                Flaw {
                    question: vec![1, 0].into(),
                    ..retrieved()
                },
                "Attribution.WrongQuestion",
            ),
            (
                Flaw {
                    document: vec![],
                    ..retrieved()
                },
                "Precompile.InvalidArgument",
            ),
            (
                Flaw {
                    document: vec![document(), document()],
                    ..flaw(FlawKind::Cited)
                },
                "Precompile.InvalidArgument",
            ),
            (
                Flaw {
                    document: vec![document()],
                    ..flaw(FlawKind::Cited)
                },
                "Attribution.SpansRight",
            ),
            (
                Flaw {
                    position: 1,
                    ..flaw(FlawKind::Cited)
                },
                "Attribution.TokenOutOfRange",
            ),
            (flaw(FlawKind::Sums), "Attribution.SpansRight"),
            (claim(), "Attribution.SpansRight"),
            (
                Flaw {
                    theirs: whole_text(),
                    ..flaw(FlawKind::Passage)
                },
                "Attribution.SpansRight",
            ),
            (flaw(FlawKind::Passage), "Attribution.ProofInvalid"),
        ] {
            refused(BALTATHAR.calls(AT, refute(nothing_wrong)), name);
        }
    });
}

#[test]
fn what_is_no_proof_of_a_quote_is_refused_by_name() {
    development_chain().execute_with(|| {
        a_quote_that_is_not_credited();
        let call = || {
            refute(Flaw {
                ours: whole_text(),
                ..flaw(FlawKind::Claim)
            })
        };
        let mut wrong = call();
        wrong.release.header = vec![1; 53].into();
        refused(BALTATHAR.calls(AT, wrong), "Precompile.InvalidArgument");
        let mut wrong = call();
        wrong.release.counts = [1; 32].into();
        refused(BALTATHAR.calls(AT, wrong), "Attribution.WrongRelease");
        let mut wrong = call();
        wrong.flaw.ours.tokens = vec![1; 2_049].into();
        refused(BALTATHAR.calls(AT, wrong), "Precompile.TooLong");
        let mut wrong = call();
        wrong.flaw.ours.proof = vec![[1; 32].into(); 65];
        refused(BALTATHAR.calls(AT, wrong), "Precompile.TooLong");
        let mut wrong = call();
        wrong.documents = vec![wrong.documents[0].clone(); 5];
        refused(BALTATHAR.calls(AT, wrong), "Precompile.TooLong");
        let mut wrong = call();
        wrong.request = 1;
        refused(BALTATHAR.calls(AT, wrong), "Attribution.NotFound");
        let challenge = challengeCall {
            request: 0,
            datanet: 0,
            contribution: 0,
        };
        refused(BALTATHAR.calls(AT, challenge), "Attribution.WrongEvidence");
    });
}
