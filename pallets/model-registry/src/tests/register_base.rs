// SPDX-License-Identifier: Apache-2.0
//! `register_base`, and everything that both registrations check.

use super::*;
use crate::{Attribution, Evaluation, InputSchema, NextModelId, OutputSchema, Source};
use openledger_primitives::{comparator::Comparator, licence::LicenceTerms, money::Balance};
use sp_runtime::{DispatchError, TokenError};

fn try_spec(spec: ModelSpec) -> DispatchResult {
    register_base(OWNER, spec, vec![source(0)], None)
}

fn try_sources(sources: Vec<Source>) -> DispatchResult {
    register_base(OWNER, spec(), sources, None)
}

fn percent(part: u32) -> Permill {
    Permill::from_percent(part)
}

#[test]
fn a_base_is_recorded_with_what_it_was_trained_on() {
    ExtBuilder::default().build_and_execute(|| {
        CurrentTick::set(9);
        let sources = vec![
            source(0),
            Source {
                version: 2,
                ..source(1)
            },
        ];
        assert_ok!(register_base(
            OWNER,
            attributed(),
            sources.clone(),
            Some(MIN_PRICE)
        ));
        let record = model(0);
        assert_eq!(
            (record.owner, record.kind, record.depth),
            (OWNER, ModelKind::Base, 0)
        );
        assert_eq!(
            (record.spec, record.sources.to_vec()),
            (attributed(), sources.clone())
        );
        assert_eq!(
            (record.price, record.status),
            (Some(MIN_PRICE), ModelStatus::Active)
        );
        assert_eq!((record.registered_at, record.commercial), (9, true));
        assert!(record.parents.is_empty() && record.royalties.is_empty());
        assert_eq!(record.version_hash, attributed().version_hash(&[], &sources));
        assert_eq!(storage_held(OWNER), deposit());
        assert!(matches!(
            last_event(),
            Event::ModelRegistered {
                model: 0,
                owner: OWNER,
                kind: ModelKind::Base,
                ..
            }
        ));
    });
}

#[test]
fn ids_count_up_and_the_version_hash_does_not_depend_on_them() {
    ExtBuilder::default().with_bases(2).build_and_execute(|| {
        assert_eq!(NextModelId::<Test>::get(), 2);
        assert_eq!(model(0).version_hash, model(1).version_hash);
    });
}

#[test]
fn the_version_hash_names_everything_that_decides_an_answer() {
    ExtBuilder::default().build_and_execute(|| {
        let (base, sources) = (attributed(), [source(0)]);
        let hash = base.version_hash(&[], &sources);
        let other = content_id(b"other");
        let attribution = base.attribution.map(|a| Attribution { root: other, ..a });
        for changed in [
            ModelSpec {
                artifact: other,
                ..base
            },
            ModelSpec {
                config: other,
                ..base
            },
            ModelSpec {
                format: crate::ArtifactFormat::Safetensors,
                ..base
            },
            ModelSpec {
                input: InputSchema {
                    width: 33,
                    ..base.input
                },
                ..base
            },
            ModelSpec {
                output: OutputSchema {
                    query_len: 33,
                    ..base.output
                },
                ..base
            },
            ModelSpec {
                comparator: Comparator::Exact,
                ..base
            },
            ModelSpec { attribution, ..base },
        ] {
            assert_ne!(changed.version_hash(&[], &sources), hash);
        }
        assert_ne!(base.version_hash(&[other], &sources), hash);
        assert_ne!(base.version_hash(&[], &[source(1)]), hash);
        assert_ne!(base.version_hash(&[], &[]), hash);
        let same = ModelSpec {
            royalty: percent(5),
            evaluation: None,
            ..base
        };
        assert_eq!(same.version_hash(&[], &sources), hash);
    });
}

#[test]
fn inputs_must_fit_into_requests() {
    ExtBuilder::default().build_and_execute(|| {
        let width = |width| ModelSpec {
            input: InputSchema {
                width,
                ..spec().input
            },
            ..spec()
        };
        for bad in [0, 1_025, u32::MAX / 4 + 1, u32::MAX] {
            assert_noop!(try_spec(width(bad)), Error::<Test>::InvalidInputSchema);
        }
        assert_ok!(try_spec(width(1_024)));
    });
}

#[test]
fn outputs_must_fit_into_reveals() {
    ExtBuilder::default().build_and_execute(|| {
        let output = |output_bytes, query_len, classes| ModelSpec {
            output: OutputSchema {
                output_bytes,
                query_len,
                classes,
            },
            ..attributed()
        };
        for bad in [
            output(0, 32, 0),
            output(1_028, 32, 0),
            output(44, 32, 10),
            output(40, 257, 10),
            output(40, 32, u32::MAX),
            output(40, 32, 1 << 30 | 10),
        ] {
            assert_noop!(try_spec(bad), Error::<Test>::InvalidOutputSchema);
        }
        assert_ok!(try_spec(output(1_024, 256, 256)));
    });
}

#[test]
fn the_comparator_must_be_able_to_read_the_outputs() {
    ExtBuilder::default().build_and_execute(|| {
        let odd = ModelSpec {
            output: OutputSchema {
                output_bytes: 5,
                query_len: 0,
                classes: 0,
            },
            ..spec()
        };
        assert_noop!(try_spec(odd), Error::<Test>::ComparatorMismatch);
        assert_ok!(try_spec(ModelSpec {
            comparator: Comparator::Exact,
            ..odd
        }));
    });
}

#[test]
fn attribution_needs_sources_rows_and_a_query_and_a_query_needs_attribution() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            register_base(OWNER, attributed(), vec![], None),
            Error::<Test>::InvalidAttribution
        );
        let empty = attributed().attribution.map(|a| Attribution { rows: 0, ..a });
        for bad in [
            ModelSpec {
                attribution: empty,
                ..attributed()
            },
            ModelSpec {
                attribution: None,
                ..attributed()
            },
            ModelSpec {
                output: spec().output,
                ..attributed()
            },
        ] {
            assert_noop!(try_spec(bad), Error::<Test>::InvalidAttribution);
        }
        assert_ok!(try_spec(attributed()));
    });
}

#[test]
fn an_evaluation_must_be_possible() {
    ExtBuilder::default().build_and_execute(|| {
        let evaluated = |accuracy_ppm, samples| ModelSpec {
            evaluation: Some(Evaluation {
                dataset: content_id(b"held out"),
                accuracy_ppm,
                samples,
            }),
            ..spec()
        };
        assert_noop!(
            try_spec(evaluated(1_000_001, 1)),
            Error::<Test>::InvalidEvaluation
        );
        assert_noop!(try_spec(evaluated(0, 0)), Error::<Test>::InvalidEvaluation);
        assert_ok!(try_spec(evaluated(1_000_000, 1)));
        assert_ok!(try_spec(ModelSpec {
            evaluation: None,
            ..spec()
        }));
    });
}

#[test]
fn a_royalty_that_nobody_could_pay_is_refused() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(try_spec(spec_with_royalty(51)), Error::<Test>::RoyaltyCapExceeded);
        assert_ok!(try_spec(spec_with_royalty(50)));
    });
}

#[test]
fn there_are_at_most_8_sources_and_no_datanet_twice() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(try_sources((0..8).map(source).collect()));
        assert_noop!(
            try_sources((0..9).map(source).collect()),
            Error::<Test>::TooManySources
        );
        assert_noop!(
            try_sources(vec![
                source(0),
                Source {
                    version: 2,
                    ..source(0)
                }
            ]),
            Error::<Test>::DuplicateSource
        );
    });
}

#[test]
fn a_source_must_be_a_published_version() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            try_sources(vec![Source {
                datanet: 10,
                ..source(0)
            }]),
            Error::<Test>::DatanetNotFound
        );
        for version in [0, 3] {
            assert_noop!(
                try_sources(vec![Source { version, ..source(0) }]),
                Error::<Test>::VersionNotFound
            );
        }
    });
}

#[test]
fn terms_that_changed_after_they_were_read_are_refused() {
    ExtBuilder::default().build_and_execute(|| {
        let read = source(0);
        set_terms(
            0,
            LicenceTerms {
                contributor_share: percent(49),
                ..terms()
            },
        );
        assert_noop!(try_sources(vec![read]), Error::<Test>::LicenceChanged);
        assert_ok!(try_sources(vec![source(0)]));
    });
}

#[test]
fn terms_that_forbid_training_are_refused() {
    ExtBuilder::default().build_and_execute(|| {
        set_terms(
            0,
            LicenceTerms {
                training: false,
                ..terms()
            },
        );
        assert_noop!(
            try_sources(vec![source(0)]),
            Error::<Test>::LicenceForbidsTraining
        );
    });
}

#[test]
fn terms_that_have_expired_are_refused() {
    ExtBuilder::default().build_and_execute(|| {
        set_terms(
            0,
            LicenceTerms {
                expires_at: Some(10),
                ..terms()
            },
        );
        CurrentTick::set(9);
        assert_ok!(try_sources(vec![source(0)]));
        CurrentTick::set(10);
        assert_noop!(try_sources(vec![source(0)]), Error::<Test>::LicenceExpired);
    });
}

#[test]
fn contributors_cannot_want_more_than_was_accepted() {
    ExtBuilder::default().build_and_execute(|| {
        let bound = |part| Source {
            max_share: percent(part),
            ..source(0)
        };
        assert_noop!(try_sources(vec![bound(49)]), Error::<Test>::ShareAboveBound);
        assert_ok!(try_sources(vec![bound(50)]));
    });
}

#[test]
fn contributors_cannot_want_more_than_the_network_pays() {
    ExtBuilder::default().build_and_execute(|| {
        set_terms(
            0,
            LicenceTerms {
                contributor_share: percent(51),
                ..terms()
            },
        );
        let generous = Source {
            max_share: Permill::one(),
            ..source(0)
        };
        assert_noop!(try_sources(vec![generous]), Error::<Test>::ShareUnpayable);
    });
}

#[test]
fn training_needs_the_datanets_leave() {
    ExtBuilder::default().build_and_execute(|| {
        set_datanet(
            0,
            MockDatanet {
                terms: terms(),
                versions: 1,
                closed_to: vec![OWNER],
            },
        );
        assert_noop!(
            try_sources(vec![source(1), source(0)]),
            Error::<Test>::NotAuthorized
        );
        assert_ok!(register_base(BOB, spec(), vec![source(0)], None));
    });
}

#[test]
fn only_data_that_may_be_sold_makes_a_model_that_may_be_sold() {
    ExtBuilder::default().build_and_execute(|| {
        set_terms(
            1,
            LicenceTerms {
                commercial: false,
                ..terms()
            },
        );
        let register =
            |price: Option<Balance>| register_base(OWNER, spec(), vec![source(0), source(1)], price);
        assert_noop!(
            register(Some(MIN_PRICE)),
            Error::<Test>::LicenceForbidsCommercialUse
        );
        assert_ok!(register(None));
        assert!(!model(0).commercial);
    });
}

#[test]
fn a_price_is_never_too_low() {
    ExtBuilder::default().build_and_execute(|| {
        for price in [0, MIN_PRICE - 1] {
            assert_noop!(
                register_base(OWNER, spec(), vec![], Some(price)),
                Error::<Test>::PriceTooLow
            );
        }
        assert_ok!(register_base(OWNER, spec(), vec![], Some(MIN_PRICE)));
    });
}

#[test]
fn who_cannot_pay_the_deposit_registers_nothing() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            register_base(POOR, spec(), vec![], None),
            TokenError::FundsUnavailable
        );
    });
}

#[test]
fn ids_that_have_run_out_are_never_reused() {
    ExtBuilder::default().build().execute_with(|| {
        NextModelId::<Test>::put(ModelId::MAX);
        assert_noop!(try_sources(vec![]), Error::<Test>::TooManyModels);
    });
}

#[test]
fn nobody_registers_without_a_signature() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            Registry::register_base(RuntimeOrigin::none(), Box::new(spec()), Default::default(), None),
            DispatchError::BadOrigin
        );
    });
}

#[test]
fn a_corpus_is_attributed_by_spans_and_nothing_else_is() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(try_spec(corpus()));
        let by = |evidence| corpus().attribution.map(|a| Attribution { evidence, ..a });
        let output = |output_bytes, query_len, classes| OutputSchema {
            output_bytes,
            query_len,
            classes,
        };
        let with = |output| ModelSpec { output, ..corpus() };
        let text = InputSchema {
            dtype: DataType::Utf8,
            width: 100,
        };
        for bad in [
            ModelSpec {
                attribution: by(Evidence::Influence),
                ..corpus()
            },
            ModelSpec {
                attribution: by(Evidence::Spans),
                ..attributed()
            },
            ModelSpec {
                input: text,
                ..attributed()
            },
            ModelSpec {
                input: attributed().input,
                ..corpus()
            },
            ModelSpec {
                artifact: content_id(b"another file than the index"),
                ..corpus()
            },
            ModelSpec {
                config: content_id(b"another file than the tokenizer"),
                ..corpus()
            },
            ModelSpec {
                comparator: attributed().comparator,
                ..corpus()
            },
            // half a token, half a credit, no room for credits, classes
            with(output(33, 64, 0)),
            with(output(32, 63, 0)),
            with(output(516, 32, 0)),
            with(output(32, 64, 8)),
        ] {
            assert_noop!(try_spec(bad), Error::<Test>::InvalidAttribution);
        }
    });
}

#[test]
fn a_text_with_passages_is_asked_in_tokens_and_reveals_a_log() {
    ExtBuilder::default().build_and_execute(|| {
        let asked = |dtype| InputSchema { dtype, width: 100 };
        let output = |query_len| OutputSchema {
            output_bytes: 32,
            query_len,
            classes: 0,
        };
        let with = |passages, dtype, query_len| ModelSpec {
            input: asked(dtype),
            output: output(query_len),
            attribution: corpus().attribution.map(|a| Attribution { passages, ..a }),
            ..corpus()
        };
        // a credit for each of 16 tokens; four numbers a passage, two for each of 32 terms
        assert_ok!(try_spec(with(0, DataType::Token, 64)));
        assert_ok!(try_spec(with(1, DataType::Token, 64 + 4 + 64)));
        assert_ok!(try_spec(with(4, DataType::Token, 64 + 16 + 64)));
        for bad in [
            with(4, DataType::Utf8, 64 + 16 + 64),
            with(4, DataType::F32, 64 + 16 + 64),
            with(4, DataType::Token, 64),
            with(4, DataType::Token, 64 + 4 + 64),
            with(0, DataType::Token, 64 + 64),
            with(5, DataType::Token, 64 + 20 + 64),
            ModelSpec {
                attribution: attributed().attribution.map(|a| Attribution { passages: 1, ..a }),
                ..attributed()
            },
            ModelSpec {
                input: asked(DataType::Token),
                ..attributed()
            },
        ] {
            assert_noop!(try_spec(bad), Error::<Test>::InvalidAttribution);
        }
    });
}
