// SPDX-License-Identifier: Apache-2.0
//! Runs, prices and the bytes of credits, outputs and headers.

use openledger_fixed::spans::*;
use proptest::prelude::*;

const SHAPE: TextShape = TextShape {
    tokens: 1_000,
    documents: 3,
    distinct: 90,
    min_tokens: 5,
    copy_tokens: 8,
    tokenizer: [7; 32],
};

fn whole(text: &[Token]) -> Window {
    Window {
        first: 0,
        tokens: text.to_vec(),
    }
}

/// The run by its definition: the longest aligned stretch around the token.
fn run_by_definition(output: &[Token], at: usize, text: &[Token], position: usize) -> usize {
    let same = |k: isize| {
        let (o, t) = (at as isize + k, position as isize + k);
        let pair = usize::try_from(o).ok().zip(usize::try_from(t).ok());
        pair.and_then(|(o, t)| output.get(o).zip(text.get(t)))
            .is_some_and(|(o, t)| o == t && *t != SEPARATOR)
    };
    if !same(0) {
        return 0;
    }
    let after = (1..).take_while(|k| same(*k)).count();
    let before = (1isize..).take_while(|k| same(-*k)).count();
    1 + after + before
}

#[test]
fn a_run_goes_both_ways_and_stops_at_separators() {
    let text = [1, 2, 3, SEPARATOR, 4, 5, 6, 7, SEPARATOR];
    let length = text.len() as u32;
    let found = |output: &[Token], at, position| run(output, at, &whole(&text), position, length, 100);
    let all = |tokens| Some(Run { tokens, whole: true });
    assert_eq!(found(&[4, 5, 6, 7], 2, 6), all(4));
    assert_eq!(found(&[9, 4, 5, 6, 9], 2, 5), all(3));
    assert_eq!(found(&[1, 2, 3, 4], 3, 4), all(1));
    assert_eq!(found(&[1, 2, 3, 4], 0, 1), all(0));
    assert_eq!(found(&[1], 0, length), all(0), "beyond the text");
    assert_eq!(found(&[1], 1, 0), None, "beyond the output");
}

#[test]
fn what_a_window_does_not_show_is_not_known() {
    let text: Vec<Token> = (0..20).collect();
    let output = text.clone();
    let window = Window {
        first: 5,
        tokens: text[5..15].to_vec(),
    };
    let found = |at: usize, most| run(&output, at, &window, at as u32, 20, most).unwrap();
    assert_eq!(
        found(7, 100),
        Run {
            tokens: 10,
            whole: false
        }
    );
    assert_eq!(
        found(7, 8),
        Run {
            tokens: 8,
            whole: true
        },
        "enough is known"
    );
    assert_eq!(
        found(4, 8),
        Run {
            tokens: 0,
            whole: false
        },
        "the token itself is not shown"
    );
}

#[test]
fn the_better_claim_is_longer_or_stood_there_first() {
    assert!(rank(8, 100) > rank(7, 1));
    assert!(rank(8, 1) > rank(8, 2));
}

#[test]
fn a_header_is_read_as_it_was_written_and_no_other_is_read() {
    let bytes = SHAPE.to_bytes();
    assert_eq!(TextShape::read(&bytes), Some(SHAPE));
    assert_eq!(SHAPE.leaves(), 2);
    assert_eq!(SHAPE.total(), 997);
    for (place, value) in [(0, 0), (4, 2)] {
        let mut other = bytes;
        other[place] = value;
        assert_eq!(TextShape::read(&other), None);
    }
    for wrong in [
        TextShape {
            documents: 0,
            ..SHAPE
        },
        TextShape {
            documents: 1_000,
            ..SHAPE
        },
        TextShape {
            tokens: NOBODY,
            ..SHAPE
        },
        TextShape {
            min_tokens: 1,
            ..SHAPE
        },
        TextShape {
            copy_tokens: 4,
            ..SHAPE
        },
    ] {
        assert_eq!(TextShape::read(&wrong.to_bytes()), None, "{wrong:?}");
    }
}

#[test]
fn an_output_ends_once() {
    let bytes = output_bytes(&[5, 6], 4).unwrap();
    assert_eq!(bytes, [5, 0, 6, 0, 0xff, 0xff, 0xff, 0xff]);
    assert_eq!(output_tokens(&bytes), Some(vec![5, 6]));
    assert_eq!(output_tokens(&bytes[..4]), Some(vec![5, 6]));
    assert_eq!(output_tokens(&[]), Some(vec![]));
    assert_eq!(output_tokens(&[5]), None, "half a token");
    assert_eq!(output_tokens(&[0xff, 0xff, 5, 0]), None, "a token after the end");
    assert_eq!(output_tokens(&[0; 2 * MAX_OUTPUT_TOKENS + 2]), None, "too long");
    assert_eq!(output_bytes(&[1, 2, 3], 2), None);
}

#[test]
fn a_score_is_the_prices_of_what_is_credited_inside() {
    let credit = |position| Credit { position, count: 1 };
    let credits = [credit(9), credit(10), credit(12), credit(13), Credit::NONE];
    assert_eq!(score(&credits, &[1, 10, 100, 1_000, 10_000], 10, 3), 110);
    assert_eq!(score(&credits, &[1; 5], NOBODY, 1), 0, "nobody is nobody");
}

#[test]
fn logarithms_are_exact_for_powers_of_two_and_never_fall() {
    for power in 0..64 {
        assert_eq!(log2(1 << power), power << PRICE_BITS);
    }
    assert_eq!(log2(0), 0);
    let mut last = 0;
    for x in (1..100_000).chain([u64::MAX / 3, u64::MAX - 1, u64::MAX]) {
        let log = log2(x);
        assert!(log >= last);
        last = log;
    }
}

#[test]
fn logarithms_are_right_to_their_last_bits() {
    for x in [3u64, 5, 7, 10, 1000, 65_535, 1_000_003, u64::MAX] {
        let wanted = (x as f64).log2() * f64::from(1u32 << PRICE_BITS);
        assert!((f64::from(log2(x)) - wanted).abs() <= 1.0, "{x}");
    }
}

#[test]
fn a_rare_token_is_worth_more_than_a_frequent_one() {
    assert_eq!(prices(&[1, 2], 1024, |index| [4, 512][index]), [8 << 16, 1 << 16]);
}

#[test]
fn a_token_that_the_text_lacks_is_worth_nothing() {
    assert_eq!(prices(&[1, 1], 1024, |_| 0), [0, 0]);
}

#[test]
fn one_token_repeated_is_worth_one_token() {
    let all: u64 = prices(&[9; 256], 1 << 20, |_| 1).into_iter().map(u64::from).sum();
    assert_eq!(all, 20 << 16);
}

#[test]
fn two_tokens_in_turn_are_soon_worth_a_bit_each() {
    let output: Vec<Token> = (0..256).map(|position| position % 2).collect();
    let prices = prices(&output, 1 << 20, |_| 1);
    assert_eq!(prices[..2], [20 << 16, 20 << 16]);
    assert!(prices[2..].iter().all(|price| *price <= 2 << 16));
    assert!(prices[16..].iter().all(|price| *price < 5 << 14));
}

proptest! {
    #[test]
    fn credits_survive_the_query_vector(numbers in prop::collection::vec(any::<(u32, u32)>(), 0..40)) {
        let credits: Vec<_> = numbers.into_iter().map(|(position, count)| Credit { position, count }).collect();
        let query = credits_to_query(&credits);
        prop_assert_eq!(query.len(), credits.len() * NUMBERS_A_TOKEN);
        prop_assert_eq!(credits_of_query(&query), Some(credits));
        if !query.is_empty() {
            prop_assert_eq!(credits_of_query(&query[1..]), None);
        }
    }

    #[test]
    fn a_run_is_what_its_definition_says(
        text in prop::collection::vec(prop_oneof![8 => 0u16..2, 1 => Just(SEPARATOR)], 1..60),
        output in prop::collection::vec(0u16..2, 1..20),
        at in any::<prop::sample::Index>(),
        position in any::<prop::sample::Index>(),
        cut in any::<(prop::sample::Index, prop::sample::Index)>(),
        most in 1u16..12,
    ) {
        let (at, position) = (at.index(output.len()), position.index(text.len()));
        let due = run_by_definition(&output, at, &text, position).min(usize::from(most)) as u16;
        let length = text.len() as u32;
        let found = run(&output, at, &whole(&text), position as u32, length, most);
        prop_assert_eq!(found, Some(Run { tokens: due, whole: true }));
        // a part of the text never shows more, and says whether it shows all
        let (a, b) = (cut.0.index(text.len()), cut.1.index(text.len()));
        let (first, end) = (a.min(b), a.max(b) + 1);
        let window = Window { first: first as u32, tokens: text[first..end].to_vec() };
        let part = run(&output, at, &window, position as u32, length, most).unwrap();
        prop_assert!(part.tokens <= due);
        if part.whole {
            prop_assert_eq!(part.tokens, due);
        }
    }
}
