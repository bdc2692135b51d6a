// SPDX-License-Identifier: Apache-2.0
//! The adapter's bytes, which are a promise, and the files that are no adapter.

mod common;

use blake2::{digest::consts::U32, Blake2b, Digest};
use openledger_trainer::{
    adapter::*,
    features::Features,
    head::{train_head, Optimum, LAMBDA},
};
use safetensors::{serialize, tensor::TensorView, Dtype};

/// BLAKE2b-256 of the adapter trained on `common::clusters(120)`, first computed by this test itself. It may change
/// only with a change of the training's definition, which makes every released head another one.
const GOLDEN: &str = "cf18cb182c847fe4824c7ea2fd8945e4ddb30f7342060a4c363718bbabecdf8c";

fn hash(bytes: &[u8]) -> String {
    Blake2b::<U32>::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn adapter() -> Adapter {
    let optimum = Optimum {
        classes: 2,
        dims: 2,
        parameters: vec![1.0, -2.0, 0.5, 0.25, 1e-9, -0.125],
    };
    Adapter::new(optimum).unwrap()
}

/// The tensors of [`adapter`] with one exchanged.
fn with(name: &str, dtype: Dtype, shape: &[usize], bytes: &[u8]) -> Vec<u8> {
    let file = adapter().to_bytes().unwrap();
    let read = safetensors::SafeTensors::deserialize(&file).unwrap();
    let mut tensors: std::collections::BTreeMap<String, TensorView> = read.tensors().into_iter().collect();
    tensors.insert(
        name.into(),
        TensorView::new(dtype, shape.to_vec(), bytes).unwrap(),
    );
    serialize(tensors, None).unwrap()
}

#[test]
fn same_features_give_the_same_adapter_bytes() {
    let features = common::clusters(120);
    let train = |features: &Features| {
        Adapter::new(train_head(features, LAMBDA).unwrap().optimum)
            .unwrap()
            .to_bytes()
            .unwrap()
    };
    let bytes = train(&features);
    assert_eq!(bytes, train(&Features::from_bytes(&features.to_bytes()).unwrap()));
    assert_eq!(hash(&bytes), GOLDEN);
}

#[test]
fn adapter_reads_back() {
    assert_eq!(
        Adapter::from_bytes(&adapter().to_bytes().unwrap()).unwrap(),
        adapter()
    );
    assert_eq!(adapter().head().weight, vec![65536, -131072, 16384, 0]);
    assert_eq!(adapter().head().bias, vec![32768, -8192]);
}

#[test]
fn bytes_that_are_no_safetensors_file_are_refused() {
    let file = adapter().to_bytes().unwrap();
    for length in [0, 7, 8, 100, file.len() - 1] {
        assert!(
            matches!(
                Adapter::from_bytes(&file[..length]),
                Err(AdapterError::Safetensors(_))
            ),
            "{length}"
        );
    }
    let mut header = file.clone();
    header[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(matches!(
        Adapter::from_bytes(&header),
        Err(AdapterError::Safetensors(_))
    ));
    let large = vec![0; MAX_ADAPTER_BYTES + 1];
    assert!(matches!(
        Adapter::from_bytes(&large),
        Err(AdapterError::TooLarge(_))
    ));
}

#[test]
fn missing_tensors_and_wrong_types_are_named() {
    let empty = serialize(Vec::<(String, TensorView)>::new(), None).unwrap();
    assert!(matches!(
        Adapter::from_bytes(&empty),
        Err(AdapterError::MissingTensor(WEIGHT_F64))
    ));
    let file = with(WEIGHT, Dtype::F32, &[2, 2], &[0; 16]);
    let expected = matches!(
        Adapter::from_bytes(&file),
        Err(AdapterError::WrongDtype {
            name: WEIGHT,
            expected: Dtype::I32,
            found: Dtype::F32
        })
    );
    assert!(expected);
}

#[test]
fn wrong_shapes_are_named() {
    let shape_of = |file: &[u8]| match Adapter::from_bytes(file) {
        Err(AdapterError::WrongShape { name, found }) => (name, found),
        other => panic!("{other:?}"),
    };
    assert_eq!(shape_of(&with(BIAS, Dtype::I32, &[3], &[0; 12])), (BIAS, vec![3]));
    assert_eq!(
        shape_of(&with(BIAS_F64, Dtype::F64, &[1, 2], &[0; 16])),
        (BIAS_F64, vec![1, 2])
    );
    assert_eq!(
        shape_of(&with(WEIGHT, Dtype::I32, &[4], &[0; 16])),
        (WEIGHT, vec![4])
    );
    assert_eq!(
        shape_of(&with(WEIGHT_F64, Dtype::F64, &[4], &[0; 32])),
        (WEIGHT_F64, vec![4])
    );
    assert_eq!(
        shape_of(&with(WEIGHT_F64, Dtype::F64, &[1, 4], &[0; 32])),
        (WEIGHT_F64, vec![1, 4])
    );
    assert_eq!(
        shape_of(&with(WEIGHT_F64, Dtype::F64, &[2, 0], &[])),
        (WEIGHT_F64, vec![2, 0])
    );
}

#[test]
fn nan_and_infinity_are_named() {
    for bad in [f64::NAN, f64::INFINITY] {
        let bytes: Vec<u8> = [0.0, bad].iter().flat_map(|x| x.to_le_bytes()).collect();
        let read = Adapter::from_bytes(&with(BIAS_F64, Dtype::F64, &[2], &bytes));
        assert!(matches!(
            read,
            Err(AdapterError::NotFinite {
                name: BIAS_F64,
                index: 1
            })
        ));
    }
}

#[test]
fn optimum_beyond_the_grid_is_refused() {
    let bytes: Vec<u8> = [0.0, 1e9].iter().flat_map(|x: &f64| x.to_le_bytes()).collect();
    let read = Adapter::from_bytes(&with(BIAS_F64, Dtype::F64, &[2], &bytes));
    assert!(matches!(read, Err(AdapterError::Head(_))));
}

#[test]
fn integers_that_are_not_the_rounded_optimum_are_refused() {
    let read = Adapter::from_bytes(&with(BIAS, Dtype::I32, &[2], &[0; 8]));
    assert!(matches!(read, Err(AdapterError::NotTheRoundedOptimum)));
}

#[test]
fn extra_tensors_metadata_and_other_layouts_are_not_canonical() {
    let extra = with("extra", Dtype::U8, &[1], &[0]);
    assert!(matches!(
        Adapter::from_bytes(&extra),
        Err(AdapterError::NotCanonical)
    ));
    let file = adapter().to_bytes().unwrap();
    let read = safetensors::SafeTensors::deserialize(&file).unwrap();
    let notes = [("note".to_string(), "hidden".to_string())].into_iter().collect();
    let with_notes = serialize(read.tensors(), Some(notes)).unwrap();
    assert!(matches!(
        Adapter::from_bytes(&with_notes),
        Err(AdapterError::NotCanonical)
    ));
    let length = u64::from_le_bytes(file[..8].try_into().unwrap());
    let padding = [
        &(length + 8).to_le_bytes(),
        &file[8..8 + length as usize],
        &[b' '; 8],
        &file[8 + length as usize..],
    ];
    assert!(matches!(
        Adapter::from_bytes(&padding.concat()),
        Err(AdapterError::NotCanonical)
    ));
}

#[test]
fn the_chain_finds_the_integers_in_the_file_without_reading_its_header() {
    use openledger_fixed::head::read_head;
    let adapter = adapter();
    let file = adapter.to_bytes().unwrap();
    let head = adapter.head();
    let (classes, dims) = (head.bias.len(), head.weight.len() / head.bias.len());
    assert_eq!(
        read_head(&file, classes, dims),
        Some((head.weight.clone(), head.bias.clone()))
    );
    assert_eq!(read_head(&file, classes, dims + 1), None);
    assert_eq!(read_head(&file, 0, dims), None);
    assert_eq!(read_head(&file[..file.len() - 1], classes, dims), None);
    assert_eq!(read_head(&[], classes, dims), None);
    assert_eq!(read_head(&[0xff; 8], classes, dims), None);
}

#[test]
fn config_is_one_line_of_json_with_keys_in_order() {
    let training = train_head(&common::clusters(40), LAMBDA).unwrap();
    let text = config_json(&[0xab; 32], &training, LAMBDA);
    let start = format!(
        r#"{{"base_model_name_or_path":"0x{}","classes":3,"dims":4,"feature_bits":12,"#,
        "ab".repeat(32)
    );
    assert!(text.starts_with(&start), "{text}");
    assert!(
        text.ends_with(r#""lambda":0.01,"peft_type":"HEAD","weight_bits":16}"#),
        "{text}"
    );
}
