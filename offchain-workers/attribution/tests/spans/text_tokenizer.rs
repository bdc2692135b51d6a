// SPDX-License-Identifier: Apache-2.0
//! Tokenizers of the `tokenizers` crate.

use openledger_attribution::{
    spans::{
        tokenizer::MAX_TOKENIZER_BYTES, Corpus, Rules, Shard, ShardBuilder, TextTokenizer, Tokenizer,
        TokenizerError,
    },
    ContributionKey,
};

const TEXTS: [&str; 4] = [
    "A mill race brings the water to the wheel; the wheel turns the shaft, the shaft the stones.",
    "The miller dresses the stones twice a year, so that the grain is cut and not crushed.",
    "Where the race is steep the wheel is overshot; where it is flat the wheel is undershot.",
    "Grüße aus der Mühle: Korn, Kleie, Mehl und Schrot. 水車は米をつく。",
];

fn texts() -> Vec<&'static [u8]> {
    TEXTS.iter().map(|text| text.as_bytes()).collect()
}

#[test]
fn training_gives_the_same_bytes_in_any_order() {
    let trained = TextTokenizer::train(&texts(), 400).unwrap();
    let mut turned = texts();
    turned.reverse();
    for _ in 0..3 {
        let again = TextTokenizer::train(&turned, 400).unwrap();
        assert!(again.as_json() == trained.as_json());
        assert_eq!(again.id(), trained.id());
    }
    assert_ne!(TextTokenizer::train(&texts(), 300).unwrap().id(), trained.id());
}

#[test]
fn a_loaded_tokenizer_gives_the_same_tokens_and_text_comes_back() {
    let trained = TextTokenizer::train(&texts(), 400).unwrap();
    let loaded = TextTokenizer::from_json(trained.as_json()).unwrap();
    for text in TEXTS.iter().chain(&["never seen: \u{1f980}\n\t"]) {
        let tokens = loaded.encode(text.as_bytes()).unwrap();
        assert_eq!(tokens, trained.encode(text.as_bytes()).unwrap());
        assert_eq!(loaded.decode(&tokens).unwrap(), *text);
        assert!(tokens.len() < text.len());
    }
}

#[test]
fn quotes_are_found_in_tokenised_text() {
    let tokenizer = TextTokenizer::train(&texts(), 400).unwrap();
    let key = |contribution| ContributionKey {
        datanet: 3,
        contribution,
    };
    let mut shard = ShardBuilder::new(tokenizer.id());
    for (number, text) in (0..).zip(texts()) {
        shard
            .push(key(number), number, &tokenizer.encode(text).unwrap())
            .unwrap();
    }
    let shard = Shard::from_bytes(shard.finish().unwrap().to_bytes()).unwrap();
    let corpus = Corpus::new(vec![shard]).unwrap();
    let answer = "They say that the grain is cut and not crushed.";
    let found = corpus
        .attribute_text(&tokenizer, answer.as_bytes(), &Rules::default())
        .unwrap();
    assert_eq!(found.scores()[0].0, key(1));
    assert_eq!(found.scores().len(), 1);
}

#[test]
fn text_that_is_not_utf_8_is_named() {
    let tokenizer = TextTokenizer::train(&texts(), 300).unwrap();
    let named = TokenizerError::NotUtf8 { valid_up_to: 1 };
    assert_eq!(tokenizer.encode(b"a\xc3"), Err(named.clone()));
    assert_eq!(TextTokenizer::train(&[b"a\xc3"], 300).unwrap_err(), named);
}

#[test]
fn a_vocabulary_above_16_bits_is_named() {
    assert_eq!(
        TextTokenizer::train(&texts(), 65_536).unwrap_err(),
        TokenizerError::VocabularyTooLarge { highest: 65_535 }
    );
    let entries: Vec<String> = (0..65_536).map(|id| format!(r#""w{id}":{id}"#)).collect();
    let json = |entries: &[String]| {
        format!(
            r#"{{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,"pre_tokenizer":{{"type":"Whitespace"}},"post_processor":null,"decoder":null,"model":{{"type":"WordLevel","vocab":{{{}}},"unk_token":"w0"}}}}"#,
            entries.join(",")
        )
    };
    assert_eq!(
        TextTokenizer::from_json(json(&entries).as_bytes()).unwrap_err(),
        TokenizerError::VocabularyTooLarge { highest: 65_535 }
    );
    let largest = TextTokenizer::from_json(json(&entries[..65_535]).as_bytes()).unwrap();
    assert_eq!(largest.encode(b"w7 w65534 w65535").unwrap(), [7, 65_534, 0]);
}

#[test]
fn what_is_no_tokenizer_is_named() {
    for json in [
        &b""[..],
        b"{}",
        b"\xff",
        br#"{"version":"1.0","model":{"type":"Other"}}"#,
    ] {
        assert!(matches!(
            TextTokenizer::from_json(json),
            Err(TokenizerError::Invalid(_))
        ));
    }
    let found = MAX_TOKENIZER_BYTES + 1;
    assert_eq!(
        TextTokenizer::from_json(&vec![b' '; found]).unwrap_err(),
        TokenizerError::TooLong { found }
    );
}

#[test]
fn truncation_and_padding_of_a_file_are_not_used() {
    let tokenizer = TextTokenizer::train(&texts(), 400).unwrap();
    let mut json = String::from_utf8(tokenizer.as_json().to_vec()).unwrap();
    json = json.replace(
        r#""truncation":null"#,
        r#""truncation":{"max_length":3,"strategy":"LongestFirst","stride":0,"direction":"Right"}"#,
    );
    let cutting = TextTokenizer::from_json(json.as_bytes()).unwrap();
    assert_ne!(cutting.id(), tokenizer.id());
    let text = TEXTS[0].as_bytes();
    assert_eq!(cutting.encode(text).unwrap(), tokenizer.encode(text).unwrap());
}
