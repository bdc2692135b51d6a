// SPDX-License-Identifier: Apache-2.0
//! Who is paid for a span, and how much.

use openledger_attribution::spans::{Attribution, Rules, Token};
use openledger_fixed::{spans::log2, WEIGHT_ONE};
use openledger_trainer::random::SplitMix64;

use crate::{corpus, generated, generated::Zipf, key, Text};

fn attribute(texts: &[Text], output: &[Token]) -> Attribution {
    corpus(texts).attribute(output, &Rules::default()).unwrap()
}

fn score(found: &Attribution, contribution: u64) -> i64 {
    let scores = found.scores();
    let entry = scores.iter().find(|(of, _)| *of == key(contribution));
    entry.map_or(0, |(_, score)| *score)
}

fn copy(of: &Text, contribution: u64, tokens: Vec<Token>) -> Text {
    Text {
        key: key(contribution),
        registered: of.registered + 1_000,
        tokens,
    }
}

#[test]
fn a_quote_is_worth_the_bits_that_its_tokens_tell() {
    let texts = generated::texts(1, 30, 300);
    let corpus = corpus(&texts);
    let quote: Vec<Token> = texts[9].tokens[50..70].to_vec();
    let found = corpus.attribute(&quote, &Rules::default()).unwrap();
    let mut wanted = 0;
    for (at, token) in quote.iter().enumerate() {
        let times = quote[..at].iter().filter(|other| *other == token).count() as u64;
        let rarity = log2(corpus.tokens()) - log2(corpus.count(*token));
        let repeated = log2(at as u64) - log2(times);
        wanted += if times == 0 { rarity } else { rarity.min(repeated) };
    }
    assert_eq!(found.scores(), [(key(9), i64::from(wanted))]);
    assert_eq!(found.report(), [(key(9), WEIGHT_ONE as i32)]);
    assert!(i64::from(wanted) > 20 << 16);
}

#[test]
fn evidence_names_the_passage_in_both_texts() {
    let texts = generated::texts(1, 30, 300);
    let mut output = vec![4_999, 4_998, 4_997];
    output.extend(&texts[4].tokens[30..60]);
    let found = attribute(&texts, &output);
    let evidence: Vec<_> = found.evidence(key(4)).collect();
    assert_eq!(evidence.len(), 1);
    assert!(evidence[0].output == (3..33) && evidence[0].source.token == 30);
    assert_eq!(found.spans[0].documents[0].key, key(4));
}

#[test]
fn a_later_copy_earns_nothing_for_what_it_copied() {
    let mut texts = generated::texts(2, 20, 300);
    for number in 0..10 {
        texts.push(copy(&texts[0], 100 + number, texts[3].tokens.clone()));
    }
    let found = attribute(&texts, &texts[3].tokens[10..100]);
    assert_eq!(found.scores().len(), 1);
    assert!(score(&found, 3) > 0);
    assert_eq!(found.spans[0].count, 11);
    assert_eq!(found.spans[0].documents.len(), 10);
}

#[test]
fn a_later_copy_with_text_around_it_earns_for_its_own_text_only() {
    let mut texts = generated::texts(2, 20, 300);
    let zipf = Zipf::new(5_000);
    let mut random = SplitMix64::new(77);
    let (before, after) = (zipf.draw_many(&mut random, 40), zipf.draw_many(&mut random, 40));
    let around = [&before[..], &texts[3].tokens[20..120], &after[..]].concat();
    texts.push(copy(&texts[0], 100, around.clone()));
    let found = attribute(&texts, &around);
    let owner = |position: usize| {
        let credit = found
            .credits
            .iter()
            .find(|credit| credit.output.contains(&position));
        credit.unwrap().source.key
    };
    assert!((0..40)
        .chain(140..180)
        .all(|position| owner(position) == key(100)));
    assert!((40..140).all(|position| owner(position) == key(3)));
    assert_eq!(found.spans.len(), 1, "the whole answer stands in the copy alone");
}

#[test]
fn a_near_copy_earns_for_the_tokens_it_changed_only() {
    let mut texts = generated::texts(2, 20, 600);
    let mut near = texts[3].tokens[..304].to_vec();
    for at in (12..300).step_by(20) {
        near[at] = 4_000 + at as Token;
    }
    texts.push(copy(&texts[0], 100, near.clone()));
    let found = attribute(&texts, &near);
    let own: usize = found.evidence(key(100)).map(|credit| credit.output.len()).sum();
    assert_eq!(own, (12..300).step_by(20).count());
    assert!(score(&found, 3) > 10 * score(&found, 100));
}

#[test]
fn the_order_of_registration_decides_between_datanets() {
    let mut texts = generated::texts(3, 5, 200);
    let mut twin = texts[4].clone();
    twin.key.datanet = 9;
    twin.registered += 1;
    texts.push(twin.clone());
    let quote = twin.tokens[20..60].to_vec();
    assert_eq!(attribute(&texts, &quote).scores()[0].0, key(4));
    texts[5].registered -= 2;
    texts.sort_by_key(|text| (text.registered, text.key));
    assert_eq!(attribute(&texts, &quote).scores()[0].0, twin.key);
}

#[test]
fn cutting_a_text_into_pieces_or_doubling_it_earns_nothing_more() {
    let texts = generated::texts(4, 20, 400);
    let quote = texts[7].tokens[100..140].to_vec();
    let whole = score(&attribute(&texts, &quote), 7);

    let mut doubled = texts.clone();
    let twice = [&texts[7].tokens[..], &texts[7].tokens[..]].concat();
    doubled[7].tokens = twice;
    assert!(score(&attribute(&doubled, &quote), 7) <= whole);

    let mut cut = texts.clone();
    let rest = cut[7].tokens.split_off(120);
    cut.push(copy(&texts[7], 100, rest));
    let found = attribute(&cut, &quote);
    assert_eq!(score(&found, 7) + score(&found, 100), whole);
}

#[test]
fn of_two_long_passages_around_a_token_the_one_registered_first_is_paid_even_if_it_is_shorter() {
    let texts = generated::texts(9, 20, 400);
    let (early, late) = (&texts[2].tokens[..60], &texts[15].tokens[..60]);
    let mut both = texts.clone();
    // the late text goes on with ten tokens of the early one
    both[15].tokens = [late, &early[..10]].concat();
    let found = attribute(&both, &[late, &early[..30]].concat());
    let tokens = |contribution| -> usize {
        let credits = found.evidence(key(contribution));
        credits.map(|credit| credit.output.len()).sum()
    };
    assert_eq!((tokens(15), tokens(2)), (60, 30));
    assert_eq!(found.spans[0].output, 0..70);
}

#[test]
fn two_sources_share_by_what_was_quoted() {
    let texts = generated::texts(8, 20, 400);
    let output = [&texts[2].tokens[50..80], &texts[15].tokens[10..20]].concat();
    let found = attribute(&texts, &output);
    let report = found.report();
    assert_eq!(report.len(), 2);
    assert_eq!(
        report.iter().map(|(_, weight)| *weight).sum::<i32>(),
        WEIGHT_ONE as i32
    );
    assert!(score(&found, 2) > 2 * score(&found, 15));
}
