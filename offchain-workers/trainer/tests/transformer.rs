// SPDX-License-Identifier: Apache-2.0
//! The small transformer: gradients against finite differences, training, and bad texts.

use openledger_trainer::{
    random::SplitMix64,
    transformer::{train, Adapters, Schedule, Shape, TextError, Transformer, ADAPTED},
};

const SHAPE: Shape = Shape {
    vocabulary: 7,
    width: 8,
    heads: 2,
    hidden: 12,
    layers: 2,
    context: 9,
    rank: 2,
};

/// Adapters away from their start, where half of the gradients would be zero.
fn adapters(transformer: &Transformer) -> Adapters {
    let mut random = SplitMix64::new(5);
    let start = transformer.adapters(3);
    let moved: Vec<f64> = start
        .parameters()
        .iter()
        .map(|w| w + 0.3 * random.symmetric())
        .collect();
    start.with_parameters(&moved)
}

#[test]
fn gradients_are_those_of_finite_differences() {
    let transformer = Transformer::new(SHAPE, 1);
    let adapters = adapters(&transformer);
    let text = [1, 5, 0, 3, 3, 6, 2, 4];
    for from in [1, 5] {
        let (loss, captured) = transformer.capture(&adapters, &text, from).unwrap();
        assert_eq!(loss, transformer.loss(&adapters, &text, from).unwrap());
        let gradient: Vec<f64> = captured.iter().flat_map(|factor| factor.gradient()).collect();
        let parameters = adapters.parameters();
        assert_eq!(gradient.len(), parameters.len());
        for index in 0..parameters.len() {
            let moved = |step: f64| {
                let mut parameters = parameters.clone();
                parameters[index] += step;
                transformer
                    .loss(&adapters.with_parameters(&parameters), &text, from)
                    .unwrap()
            };
            let difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            let off = (difference - gradient[index]).abs();
            assert!(
                off < 1e-8,
                "parameter {index}: {difference} and {}",
                gradient[index]
            );
        }
    }
}

#[test]
fn every_factor_has_a_gradient_and_all_are_in_order() {
    let transformer = Transformer::new(SHAPE, 1);
    let (_, captured) = transformer
        .capture(&adapters(&transformer), &[1, 2, 3, 4], 1)
        .unwrap();
    assert_eq!(captured.len(), 2 * ADAPTED * SHAPE.layers);
    let widths: Vec<(usize, usize)> = captured.iter().map(|c| (c.output_width, c.input_width)).collect();
    assert_eq!(
        widths[..8],
        [(2, 8), (8, 2), (2, 8), (8, 2), (2, 8), (12, 2), (2, 12), (8, 2)]
    );
    for factor in &captured {
        assert!(factor.gradient().iter().any(|g| g.abs() > 1e-6));
        assert_eq!(factor.inputs.len() / factor.input_width, 3);
    }
}

#[test]
fn training_learns_and_is_the_same_every_time() {
    let transformer = Transformer::new(SHAPE, 2);
    let start = transformer.adapters(1);
    let texts: Vec<Vec<u16>> = (0..7)
        .map(|first| (0..8).map(|step| (first + 2 * step) % 7).collect())
        .collect();
    let schedule = Schedule {
        steps: 60,
        rate: 0.02,
        decay: 1e-4,
        checkpoints: 4,
        from: 1,
    };
    let checkpoints = train(&transformer, &start, &texts, &schedule).unwrap();
    assert_eq!(checkpoints.len(), 4);
    let loss = |adapters: &Adapters| -> f64 {
        texts
            .iter()
            .map(|text| transformer.loss(adapters, text, 1).unwrap())
            .sum()
    };
    assert!(loss(&checkpoints[3]) < 0.5 * loss(&start));
    assert!(loss(&checkpoints[3]) < loss(&checkpoints[0]));
    assert_eq!(
        checkpoints,
        train(&transformer, &start, &texts, &schedule).unwrap()
    );
    let answer = transformer.answer(&checkpoints[3], &texts[3][..4], 4).unwrap();
    assert_eq!(answer.len(), 8);
}

#[test]
fn texts_that_cannot_be_read_are_refused_by_name() {
    let transformer = Transformer::new(SHAPE, 1);
    let adapters = transformer.adapters(1);
    let refused = |text: &[u16], from| transformer.loss(&adapters, text, from).unwrap_err();
    assert_eq!(refused(&[1], 1), TextError::WrongLength { found: 1, context: 9 });
    assert_eq!(
        refused(&[1; 10], 1),
        TextError::WrongLength {
            found: 10,
            context: 9
        }
    );
    let unknown = TextError::UnknownToken {
        token: 7,
        index: 1,
        vocabulary: 7,
    };
    assert_eq!(refused(&[1, 7], 1), unknown);
    assert_eq!(refused(&[1, 2], 0), TextError::NoAnswer { from: 0, len: 2 });
    assert_eq!(refused(&[1, 2], 2), TextError::NoAnswer { from: 2, len: 2 });
    assert!(transformer.answer(&adapters, &[9], 3).is_err());
}
