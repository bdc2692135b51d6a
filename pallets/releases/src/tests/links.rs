// SPDX-License-Identifier: Apache-2.0
//! Clusters, lists, sums and probabilities of a release, by the rules.

use super::world::*;
use openledger_primitives::fixed::cluster::leave_one_out;

impl World {
    /// Writes down what follows of all that is said beside the influence.
    pub fn link(&mut self) {
        let rows = self.labels.len();
        self.leaders = self.led();
        (self.next, self.sums, self.loo) = (vec![0; rows], vec![vec![]; rows], vec![0; rows]);
        for leader in (0..rows).filter(|row| self.leaders[*row] as usize == *row) {
            let led = (0..rows).filter(|row| self.leaders[*row] as usize == leader);
            let list: Vec<usize> = std::iter::once(leader)
                .chain(led.filter(|row| *row != leader))
                .collect();
            let mut sums = vec![0; CLASSES];
            for (at, row) in list.iter().enumerate() {
                for (class, sum) in sums.iter_mut().enumerate() {
                    *sum += self.product(*row, leader, class);
                }
                self.sums[*row] = sums.clone();
                self.next[*row] = list[(at + 1) % list.len()] as u32;
            }
            let (logits, label) = (self.logits(leader), self.labels[leader]);
            self.loo[leader] = leave_one_out(&logits, &sums, label, self.row_bits, self.rows()).unwrap();
        }
    }

    fn inputs(&self, row: usize) -> impl Iterator<Item = i64> + '_ {
        self.features[row].iter().map(|x| i64::from(*x)).chain([4_096])
    }

    /// `R_row · x_other` of a class.
    fn product(&self, row: usize, other: usize, class: usize) -> i64 {
        let influence = &self.influence[row][class * WIDTH..(class + 1) * WIDTH];
        let inputs = self.inputs(other);
        influence.iter().zip(inputs).map(|(r, x)| i64::from(*r) * x).sum()
    }

    /// The leader of each row: the earliest one of its label that is near.
    fn led(&self) -> Vec<u32> {
        let mut order: Vec<usize> = (0..self.labels.len()).collect();
        order.sort_by_key(|row| (self.ticks[ordinal(*row) as usize], *row));
        let (mut leaders, mut found) = (Vec::<usize>::new(), vec![0; self.labels.len()]);
        for row in order {
            let leads = |leader: &&usize| {
                let of_leader = &self.features[**leader];
                let length: i64 = of_leader.iter().map(|x| i64::from(*x).pow(2)).sum();
                let apart = of_leader.iter().zip(&self.features[row]);
                let distance: i64 = apart.map(|(a, b)| (i64::from(*a) - i64::from(*b)).pow(2)).sum();
                self.labels[**leader] == self.labels[row] && distance << 16 <= length * i64::from(THRESHOLD)
            };
            match leaders.iter().find(leads) {
                Some(leader) => found[row] = *leader as u32,
                None => {
                    leaders.push(row);
                    found[row] = row as u32;
                }
            }
        }
        found
    }
}
