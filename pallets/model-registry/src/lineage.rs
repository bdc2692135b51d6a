// SPDX-License-Identifier: Apache-2.0
//! Where a model stands among its ancestors, and what it pays them: a pure function of its parents' facts.
//!
//! Every model names one royalty, the part of the lineage's share that each of its descendants pays it. A model
//! therefore pays each ancestor once, by however many ways it descends from it. Parents must have been registered
//! before, so that a cycle can only be attempted by naming the model itself, or one parent twice.

use alloc::{collections::BTreeMap, vec::Vec};
use openledger_primitives::ModelId;
use sp_runtime::{PerThing, Permill};

/// What a parent brings along.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParentFacts {
    /// Whether it takes children.
    pub active: bool,
    /// Steps to its farthest ancestor.
    pub depth: u32,
    /// What it asks of its descendants.
    pub royalty: Permill,
    /// What it pays its own ancestors.
    pub royalties: Vec<(ModelId, Permill)>,
}

/// What the network allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// The most parents.
    pub parents: u32,
    /// The most steps to the farthest ancestor.
    pub depth: u32,
    /// The most ancestors that are paid.
    pub royalties: u32,
    /// The most that all of them get together.
    pub cumulative: Permill,
}

/// A model's place.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lineage {
    /// Steps to its farthest ancestor; 0 without parents.
    pub depth: u32,
    /// What it pays each ancestor, ascending by ancestor, nothing left out but zeros.
    pub royalties: Vec<(ModelId, Permill)>,
    /// The sum of that.
    pub cumulative: Permill,
}

/// Why a list of parents is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LineageError {
    /// More parents than allowed.
    TooManyParents,
    /// The model itself is among its parents, or one parent is named twice.
    Cycle,
    /// A parent does not exist.
    ParentNotFound,
    /// A parent is paused or deprecated.
    ParentNotActive,
    /// The farthest ancestor is too far away.
    TooDeep,
    /// Too many ancestors want a royalty.
    TooManyAncestors,
    /// The ancestors want more than they may get together.
    RoyaltyCapExceeded,
}

fn parts(permill: Permill) -> u64 {
    permill.deconstruct().into()
}

/// The place of model `id` over `parents`. O(parents × royalties).
pub fn lineage(
    id: ModelId,
    parents: &[ModelId],
    facts: impl Fn(ModelId) -> Option<ParentFacts>,
    limits: &Limits,
) -> Result<Lineage, LineageError> {
    if u32::try_from(parents.len()).map_or(true, |count| count > limits.parents) {
        return Err(LineageError::TooManyParents);
    }
    let mut depth = 0u32;
    let mut seen = alloc::collections::BTreeSet::new();
    let mut owed: BTreeMap<ModelId, Permill> = BTreeMap::new();
    for parent in parents {
        if *parent == id || !seen.insert(*parent) {
            return Err(LineageError::Cycle);
        }
        let known = facts(*parent).ok_or(LineageError::ParentNotFound)?;
        if !known.active {
            return Err(LineageError::ParentNotActive);
        }
        depth = depth.max(known.depth.saturating_add(1));
        owed.insert(*parent, known.royalty);
        owed.extend(known.royalties);
    }
    if owed.contains_key(&id) {
        return Err(LineageError::Cycle);
    }
    if depth > limits.depth {
        return Err(LineageError::TooDeep);
    }
    let royalties: Vec<_> = owed
        .into_iter()
        .filter(|(_, royalty)| parts(*royalty) > 0)
        .collect();
    let sum = royalties
        .iter()
        .fold(0u64, |sum, (_, royalty)| sum.saturating_add(parts(*royalty)));
    if sum > parts(limits.cumulative) {
        return Err(LineageError::RoyaltyCapExceeded);
    }
    if u32::try_from(royalties.len()).map_or(true, |count| count > limits.royalties) {
        return Err(LineageError::TooManyAncestors);
    }
    // at most the limit, which is at most one
    let cumulative = Permill::from_parts(u32::try_from(sum).unwrap_or(Permill::ACCURACY));
    Ok(Lineage {
        depth,
        royalties,
        cumulative,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMITS: Limits = Limits {
        parents: 4,
        depth: 8,
        royalties: 8,
        cumulative: Permill::from_percent(50),
    };

    fn percent(p: u32) -> Permill {
        Permill::from_percent(p)
    }

    /// Models by id, as they were registered.
    #[derive(Default)]
    struct Registry(Vec<ParentFacts>);

    impl Registry {
        fn facts(&self, id: ModelId) -> Option<ParentFacts> {
            self.0.get(id as usize).cloned()
        }

        fn lineage(&self, parents: &[ModelId]) -> Result<Lineage, LineageError> {
            lineage(self.0.len() as ModelId, parents, |id| self.facts(id), &LIMITS)
        }

        fn register(&mut self, royalty: Permill, parents: &[ModelId]) -> Result<Lineage, LineageError> {
            let place = self.lineage(parents)?;
            self.0.push(ParentFacts {
                active: true,
                depth: place.depth,
                royalty,
                royalties: place.royalties.clone(),
            });
            Ok(place)
        }
    }

    #[test]
    fn a_model_without_parents_owes_nothing() {
        assert_eq!(Registry::default().lineage(&[]), Ok(Lineage::default()));
    }

    #[test]
    fn an_ancestor_is_paid_once_however_often_one_descends_from_it() {
        let mut registry = Registry::default();
        registry.register(percent(10), &[]).unwrap();
        registry.register(percent(5), &[0]).unwrap();
        registry.register(percent(7), &[0]).unwrap();
        let place = registry.lineage(&[1, 2]).unwrap();
        assert_eq!(
            place.royalties,
            vec![(0, percent(10)), (1, percent(5)), (2, percent(7))]
        );
        assert_eq!((place.depth, place.cumulative), (2, percent(22)));
    }

    #[test]
    fn ancestors_that_ask_for_nothing_are_not_listed() {
        let mut registry = Registry::default();
        registry.register(percent(0), &[]).unwrap();
        registry.register(percent(5), &[0]).unwrap();
        assert_eq!(registry.lineage(&[1]).unwrap().royalties, vec![(1, percent(5))]);
    }

    #[test]
    fn each_defect_is_named() {
        let mut registry = Registry::default();
        for _ in 0..5 {
            registry.register(percent(1), &[]).unwrap();
        }
        assert_eq!(
            registry.lineage(&[0, 1, 2, 3, 4]),
            Err(LineageError::TooManyParents)
        );
        assert_eq!(registry.lineage(&[0, 1, 0]), Err(LineageError::Cycle));
        assert_eq!(registry.lineage(&[5]), Err(LineageError::Cycle));
        assert_eq!(registry.lineage(&[6]), Err(LineageError::ParentNotFound));
        registry.0[3].active = false;
        assert_eq!(registry.lineage(&[3]), Err(LineageError::ParentNotActive));
    }

    #[test]
    fn an_ancestor_that_descends_from_the_model_is_a_cycle() {
        let looped = ParentFacts {
            active: true,
            depth: 1,
            royalty: percent(1),
            royalties: vec![(7, percent(1))],
        };
        assert_eq!(
            lineage(7, &[3], |_| Some(looped.clone()), &LIMITS),
            Err(LineageError::Cycle)
        );
    }

    #[test]
    fn depth_and_number_of_ancestors_are_bounded() {
        let mut registry = Registry::default();
        registry.register(percent(0), &[]).unwrap();
        for parent in 0..8 {
            registry.register(percent(0), &[parent]).unwrap();
        }
        assert_eq!(registry.lineage(&[8]), Err(LineageError::TooDeep));

        let mut wide = Registry::default();
        for group in 0..3u64 {
            for _ in 0..4 {
                wide.register(percent(1), &[]).unwrap();
            }
            let first = group * 5;
            wide.register(percent(0), &[first, first + 1, first + 2, first + 3])
                .unwrap();
        }
        assert_eq!(wide.lineage(&[4, 9]).unwrap().royalties.len(), 8);
        assert_eq!(wide.lineage(&[4, 9, 14]), Err(LineageError::TooManyAncestors));
    }

    #[test]
    fn the_cap_is_reached_but_not_passed() {
        let mut registry = Registry::default();
        registry.register(percent(30), &[]).unwrap();
        registry.register(percent(20), &[0]).unwrap();
        assert_eq!(registry.lineage(&[1]).unwrap().cumulative, percent(50));
        registry.register(Permill::from_parts(1), &[1]).unwrap();
        assert_eq!(registry.lineage(&[2]), Err(LineageError::RoyaltyCapExceeded));
    }

    proptest! {
        #[test]
        fn royalties_are_the_ancestors_and_sum_to_the_cumulative_part(
            models in prop::collection::vec(
                (0u32..100_000, prop::collection::vec(any::<prop::sample::Index>(), 0..4)), 1..40
            )
        ) {
            let mut registry = Registry::default();
            let mut ancestors: Vec<std::collections::BTreeSet<ModelId>> = Vec::new();
            for (royalty, picks) in models {
                let count = registry.0.len();
                let parents: std::collections::BTreeSet<ModelId> =
                    picks.iter().filter(|_| count > 0).map(|pick| pick.index(count) as ModelId).collect();
                let parents: Vec<_> = parents.into_iter().collect();
                let Ok(place) = registry.register(Permill::from_parts(royalty), &parents) else { continue };
                let mut expected: std::collections::BTreeSet<ModelId> = parents.iter().copied().collect();
                for parent in &parents {
                    expected.extend(ancestors[*parent as usize].iter());
                }
                let paid: Vec<_> = expected
                    .iter()
                    .map(|id| (*id, registry.0[*id as usize].royalty))
                    .filter(|(_, royalty)| royalty.deconstruct() > 0)
                    .collect();
                ancestors.push(expected);
                prop_assert_eq!(&place.royalties, &paid);
                let sum: u32 = paid.iter().map(|(_, royalty)| royalty.deconstruct()).sum();
                prop_assert_eq!(place.cumulative.deconstruct(), sum);
                prop_assert!(place.cumulative <= LIMITS.cumulative);
                prop_assert!(place.depth <= LIMITS.depth);
            }
        }
    }
}
