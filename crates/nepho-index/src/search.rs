//! Evaluation of a query on the rows of a segment.

use nepho_core::{Account, State, Timestamp, cache::ScopeRecord, text::folded};

use crate::{
    Overlay, Query,
    freshness::Freshness,
    position::At,
    query::{Mark, Pattern, TagPattern, Test},
    row_set::RowSet,
    segment::Segment,
    text::{self, ADDRESS, END, TAG, VALUE},
};

/// A segment with its account, its scope record and its overlays.
pub(crate) struct Scene<'a> {
    pub(crate) segment: &'a Segment,
    pub(crate) account: Option<&'a Account>,
    pub(crate) record: Option<&'a ScopeRecord>,
    /// The overlays of this segment's rows.
    pub(crate) overlays: &'a [(At, Overlay)],
}

impl Scene<'_> {
    /// Returns the rows that meet every term.
    pub(crate) fn matches(&self, query: &Query, freshness: Freshness) -> RowSet {
        let mut rows = RowSet::filled(self.segment.len(), true);
        for term in query.terms() {
            if rows.is_empty() {
                break;
            }
            let mut met = self.meets(&term.test, &rows, freshness);
            if term.negated {
                met.invert();
            }
            rows.intersect(&met);
        }
        rows
    }

    /// Returns the shown state of a row.
    pub(crate) fn state(&self, at: usize) -> State {
        self.overlay(at).and_then(|overlay| overlay.state).unwrap_or(self.segment.states[at])
    }

    /// Returns the overlay of a row.
    pub(crate) fn overlay(&self, at: usize) -> Option<&Overlay> {
        let found = self.overlays.binary_search_by_key(&at, |(at, _)| at.row()).ok()?;
        Some(&self.overlays[found].1)
    }

    /// Returns `true` for a production account.
    pub(crate) fn is_prod(&self) -> bool {
        self.account.is_some_and(|account| account.prod)
    }

    /// Returns the time of a row's facts.
    pub(crate) fn as_of(&self, at: usize) -> Option<Timestamp> {
        let row = self.segment.row(at);
        crate::freshness::as_of(self.record, row.missing_since, row.observed_at)
    }

    /// Returns the stale rows.
    pub(crate) fn stale(&self, freshness: Freshness) -> RowSet {
        let failed = self.record.is_some_and(|record| record.failure.is_some());
        let listed = self.record.and_then(|record| record.as_of);
        let mut stale = RowSet::filled(self.segment.len(), failed || freshness.is_old(listed));
        if !failed {
            for &(at, _) in &self.segment.observed {
                stale.set(at as usize, freshness.is_old(self.as_of(at as usize)));
            }
        }
        for &at in &self.segment.missing {
            stale.set(at as usize, true);
        }
        stale
    }

    /// Returns the rows that meet one test; the result is valid only for the rows in `among`.
    fn meets(&self, test: &Test, among: &RowSet, freshness: Freshness) -> RowSet {
        let segment = self.segment;
        match test {
            Test::Word(pattern) => segment.search(among, pattern.longest(), |packed| {
                pattern.literal().is_some() || packed.split([END, VALUE]).any(|field| pattern.occurs_in(field))
            }),
            Test::Name(any) => self.field(any, among, text::name),
            Test::Id(any) => self.field(any, among, text::id),
            Test::Tag(any) => each(segment.len(), any, |tag| self.tag(tag, among)),
            Test::Ip(any) => each(segment.len(), any, |ip| {
                segment.search(among, &format!("{ADDRESS}{}", ip.beginning()), |packed| {
                    ip.is_only_a_beginning() || text::marked(packed, ADDRESS).any(|address| ip.is_met(address))
                })
            }),
            Test::Account(any) => self.account_is(any),
            Test::Region(any) => segment.places.select(|place| is_any(any, place.region.as_str())),
            Test::Zone(any) => segment.zones.select(|zone| is_any(any, zone)),
            Test::Size(any) => segment.sizes.select(|size| is_any(any, size)),
            Test::Raw(any) => {
                let mut rows = segment.raw_states.select(|raw| is_any(any, raw));
                self.overlaid(&mut rows, |overlay| overlay.state.map(|_| is_any(any, &overlay.raw_state)));
                rows
            }
            Test::State(any) => {
                let mut rows = RowSet::from_fn(segment.len(), |at| any.contains(&segment.states[at]));
                self.overlaid(&mut rows, |overlay| overlay.state.map(|state| any.contains(&state)));
                rows
            }
            Test::Kind(any) => RowSet::filled(segment.len(), any.contains(&segment.key.scope.kind)),
            Test::Provider(any) => segment.places.select(|place| any.contains(&place.provider)),
            Test::Is(any) => each(segment.len(), any, |mark| self.is(*mark, freshness)),
        }
    }

    fn field(&self, any: &[Pattern], among: &RowSet, field: impl Fn(&str) -> &str) -> RowSet {
        each(self.segment.len(), any, |pattern| {
            self.segment.search(among, pattern.longest(), |packed| pattern.is_met(field(packed)))
        })
    }

    fn tag(&self, tag: &TagPattern, among: &RowSet) -> RowSet {
        // With the marks around it, a text without `*` can only be the tag, so finding the text
        // suffices.
        let (needle, is_enough) = match (tag.key.literal(), tag.value.as_ref().map(Pattern::literal)) {
            (Some(key), None) => (format!("{TAG}{key}{VALUE}"), true),
            (Some(key), Some(Some(value))) => (format!("{TAG}{key}{VALUE}{value}{END}"), true),
            (Some(key), Some(None)) => (format!("{TAG}{key}{VALUE}"), false),
            (None, _) => (TAG.to_string(), false),
        };
        self.segment.search(among, &needle, |packed| {
            is_enough
                || text::marked(packed, TAG)
                    .filter_map(|tag| tag.split_once(VALUE))
                    .any(|(key, value)| tag.key.is_met(key) && tag.value.as_ref().is_none_or(|any| any.is_met(value)))
        })
    }

    fn account_is(&self, any: &[Pattern]) -> RowSet {
        let known = self.account.is_some_and(|account| is_any(any, &account.name))
            || is_any(any, self.segment.key.account.as_str());
        if known {
            return RowSet::filled(self.segment.len(), true);
        }
        self.segment.places.select(|place| is_any(any, place.realm.as_str()))
    }

    fn is(&self, mark: Mark, freshness: Freshness) -> RowSet {
        let mut rows = RowSet::filled(self.segment.len(), false);
        match mark {
            Mark::Stale => rows = self.stale(freshness),
            Mark::Missing => self.segment.missing.iter().for_each(|&at| rows.set(at as usize, true)),
            Mark::Prod => rows = RowSet::filled(self.segment.len(), self.is_prod()),
            Mark::Pending => self.overlaid(&mut rows, |_| Some(true)),
        }
        rows
    }

    /// Sets the rows whose overlay decides the condition.
    fn overlaid(&self, rows: &mut RowSet, is_met: impl Fn(&Overlay) -> Option<bool>) {
        for (at, overlay) in self.overlays {
            if let Some(is_met) = is_met(overlay) {
                rows.set(at.row(), is_met);
            }
        }
    }
}

/// Returns `true` if the unfolded text matches one of the patterns.
fn is_any(any: &[Pattern], text: &str) -> bool {
    let folded = folded(text);
    any.iter().any(|pattern| pattern.is_met(&folded))
}

/// Returns the rows that meet at least one of the values.
fn each<T>(len: usize, any: &[T], meets: impl Fn(&T) -> RowSet) -> RowSet {
    let mut rows = RowSet::filled(len, false);
    for value in any {
        rows.unite(&meets(value));
    }
    rows
}
