// SPDX-License-Identifier: Apache-2.0
//! Rank statistics.

/// Spearman's rank correlation; ties share their mean rank. Zero where one side has no order.
pub fn spearman(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let product =
        |x: &[f64], y: &[f64]| -> f64 { x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum() };
    let scale = (product(&a, &a) * product(&b, &b)).sqrt();
    if scale > 0.0 {
        product(&a, &b) / scale
    } else {
        0.0
    }
}

/// Area under the ROC curve of `scores` as a sign of `positive`.
pub fn auc(scores: &[f64], positive: &[bool]) -> f64 {
    let count = positive.iter().filter(|p| **p).count() as f64;
    let sum: f64 = ranks(scores)
        .iter()
        .zip(positive)
        .filter(|(_, p)| **p)
        .map(|(rank, _)| rank)
        .sum();
    (sum - count * (count - 1.0) / 2.0) / (count * (positive.len() as f64 - count))
}

/// Mean.
pub fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (sum, count) = values
        .into_iter()
        .fold((0.0, 0.0), |(sum, count), x| (sum + x, count + 1.0));
    sum / count
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let equal = order[start..]
            .iter()
            .take_while(|other| values[**other] == values[order[start]])
            .count()
            .max(1);
        let rank = start as f64 + (equal as f64 - 1.0) / 2.0;
        order[start..start + equal]
            .iter()
            .for_each(|place| ranks[*place] = rank);
        start += equal;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_of_ties_are_shared() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [2.5, 0.0, 2.5, 1.0]);
    }

    #[test]
    fn correlation_knows_order_and_its_reverse() {
        assert!((spearman(&[1.0, 2.0, 9.0], &[0.0, 5.0, 6.0]) - 1.0).abs() < 1e-12);
        assert!((spearman(&[1.0, 2.0, 9.0], &[6.0, 5.0, 0.0]) + 1.0).abs() < 1e-12);
        assert_eq!(spearman(&[1.0, 1.0], &[1.0, 2.0]), 0.0);
    }

    #[test]
    fn area_is_the_share_of_pairs_in_order() {
        assert_eq!(auc(&[0.1, 0.9, 0.4], &[false, true, false]), 1.0);
        assert_eq!(auc(&[0.5, 0.5], &[false, true]), 0.5);
        assert_eq!(auc(&[0.9, 0.1, 0.4, 0.2], &[false, true, true, false]), 0.25);
    }
}
