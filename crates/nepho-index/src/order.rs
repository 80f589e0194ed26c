//! Orders of rows by each column.
//!
//! A snapshot updates the previous snapshot's order by name. It computes any other order on first
//! use and keeps it until a change may affect it.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use nepho_core::{Timestamp, text::folded};

use crate::{
    Sort, SortColumn,
    inner::Inner,
    position::{At, row_number},
    segment::Segment,
    text,
};

impl Inner {
    /// Returns all rows in order.
    pub(crate) fn in_order(&self, sort: Sort) -> &Arc<Vec<At>> {
        if sort == Sort::default() {
            return &self.by_name;
        }
        self.orders.of(sort).get_or_init(|| Arc::new(self.sorted(&self.by_name, sort)))
    }

    /// Returns `true` if [`Inner::in_order`] needs no computation.
    pub(crate) fn is_in_order(&self, sort: Sort) -> bool {
        sort == Sort::default() || self.orders.of(sort).get().is_some()
    }

    /// Returns rows, given in order of name, in the order of `sort`.
    pub(crate) fn sorted(&self, by_name: &[At], sort: Sort) -> Vec<At> {
        let mut present = Vec::with_capacity(by_name.len());
        let mut absent = Vec::new();
        for (place, key) in self.sort_keys(by_name, sort.column).into_iter().enumerate() {
            match key {
                Some(key) => present.push((if sort.descending { !key } else { key }, place)),
                None => absent.push(by_name[place]),
            }
        }
        // The place makes each element unique, so that equal rows stay in order of name.
        present.sort_unstable();
        present.into_iter().map(|(_, place)| by_name[place]).chain(absent).collect()
    }

    /// Returns a number for each row that sorts like the column; `None` where the fact is absent.
    fn sort_keys(&self, rows: &[At], column: SortColumn) -> Vec<Option<u128>> {
        let scenes: Vec<_> = (0..).zip(&*self.segments).map(|(slot, _)| self.scene(slot)).collect();
        let each = |key: &dyn Fn(&Segment, At) -> Option<u128>| {
            rows.iter().map(|&at| key(self.segment(at.slot)?, at)).collect()
        };
        match column {
            SortColumn::Name => self.name_ranks(rows),
            SortColumn::State => each(&|_, at| Some(scenes[at.slot as usize].as_ref()?.state(at.row()) as u128)),
            SortColumn::Kind => each(&|segment, _| Some(segment.key.scope.kind as u128)),
            SortColumn::Account => {
                let ranks = self.ranks(|segment| vec![self.account_name(&segment.key.account)]);
                each(&|_, at| ranks[at.slot as usize].first().copied().flatten())
            }
            SortColumn::Region => {
                let ranks = self.ranks(|segment| segment.places.values().iter().map(|p| p.region.as_str()).collect());
                each(&|segment, at| ranks[at.slot as usize][segment.places.number(at.row())])
            }
            SortColumn::Size => {
                let ranks = self.ranks(|segment| segment.sizes.values().iter().map(|size| &**size).collect());
                each(&|segment, at| ranks[at.slot as usize][segment.sizes.number(at.row())])
            }
            SortColumn::PrivateIp => each(&|segment, at| ip(&segment.row(at.row()).resource.private_ips)),
            SortColumn::PublicIp => each(&|segment, at| ip(&segment.row(at.row()).resource.public_ips)),
            SortColumn::StartedAt => each(&|segment, at| segment.row(at.row()).resource.started_at.map(moment)),
            SortColumn::AsOf => each(&|_, at| scenes[at.slot as usize].as_ref()?.as_of(at.row()).map(moment)),
        }
    }

    /// Ranks the names of rows that are in order of name.
    fn name_ranks(&self, rows: &[At]) -> Vec<Option<u128>> {
        let (mut rank, mut before) = (0, "");
        rows.iter()
            .map(|&at| {
                let name = text::name(self.segment(at.slot)?.packed(at.row()));
                if name != before {
                    (rank, before) = (rank + 1, name);
                }
                (!name.is_empty()).then_some(rank)
            })
            .collect()
    }

    /// Ranks the texts of each segment among the texts of all segments; an empty text counts as
    /// absent.
    fn ranks<'a>(&'a self, texts: impl Fn(&'a Segment) -> Vec<&'a str>) -> Vec<Vec<Option<u128>>> {
        let folded: Vec<Vec<String>> = self
            .segments
            .iter()
            .map(|segment| segment.as_deref().map_or_else(Vec::new, &texts).into_iter().map(folded).collect())
            .collect();
        let mut ranks: BTreeMap<&str, u128> = folded.iter().flatten().map(|text| (&**text, 0)).collect();
        (0..).zip(ranks.values_mut()).for_each(|(place, rank)| *rank = place);
        let rank = |text: &String| (!text.is_empty()).then(|| ranks[&**text]);
        folded.iter().map(|texts| texts.iter().map(rank).collect()).collect()
    }

    /// Returns the order by name after some segments changed: `old` without the `gone` slots, and
    /// with the rows of the `fresh` slots inserted.
    pub(crate) fn mended(&self, old: &[At], gone: impl Fn(u32) -> bool, fresh: &[u32]) -> Vec<At> {
        let kept: Vec<At> = old.iter().copied().filter(|at| !gone(at.slot)).collect();
        let mut added: Vec<At> = Vec::new();
        for &slot in fresh {
            let rows = self.segment(slot).map_or(0, Segment::len);
            added.extend((0..rows).map(|row| At { slot, row: row_number(row) }));
        }
        // Each segment is sorted already, so this sort merges runs.
        added.sort_by(|a, b| self.compare(*a, *b));
        if kept.is_empty() {
            return added;
        }
        let mut order = Vec::with_capacity(kept.len() + added.len());
        let mut rest = &*kept;
        for at in added {
            let before = gallop(rest, |kept| self.compare(*kept, at).is_lt());
            order.extend_from_slice(&rest[..before]);
            order.push(at);
            rest = &rest[before..];
        }
        order.extend_from_slice(rest);
        order
    }

    fn compare(&self, a: At, b: At) -> std::cmp::Ordering {
        match (self.segment(a.slot), self.segment(b.slot)) {
            (Some(one), Some(other)) => one.compare(a.row(), other, b.row()),
            _ => a.cmp(&b),
        }
    }
}

/// Returns the number of leading rows that are before; searches near the beginning first.
fn gallop(rows: &[At], is_before: impl Fn(&At) -> bool) -> usize {
    let mut reach = 1;
    while reach < rows.len() && is_before(&rows[reach - 1]) {
        reach *= 2;
    }
    rows[..reach.min(rows.len())].partition_point(is_before)
}

/// Returns the first address as a number; IPv4 sorts before IPv6.
fn ip(addresses: &[IpAddr]) -> Option<u128> {
    addresses.first().map(|address| match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits().max(1 << 32),
    })
}

/// Returns a number that grows with the time.
fn moment(at: Timestamp) -> u128 {
    (at.as_nanosecond() - Timestamp::MIN.as_nanosecond()).unsigned_abs()
}
