//! One shared value per account, which exists while someone uses it.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use nepho_core::AccountId;

/// A map from account to value that holds no value itself: an entry ends with the last user of its
/// value. Its size is bounded by the values in use.
pub struct Slots<T>(Mutex<HashMap<AccountId, Weak<T>>>);

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> fmt::Debug for Slots<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slots")
    }
}

impl<T: Default> Slots<T> {
    /// Returns the account's value, or a new one if nobody uses one. Waits for nothing.
    pub fn of(&self, account: &AccountId) -> Arc<T> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = slots.get(account).and_then(Weak::upgrade) {
            return value;
        }
        slots.retain(|_, value| value.strong_count() > 0);
        let value = Arc::new(T::default());
        slots.insert(account.clone(), Arc::downgrade(&value));
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_of_one_account_share_its_value() {
        let slots = Slots::<Mutex<u8>>::default();
        let [one, other] = ["a", "b"].map(AccountId::new);
        let first = slots.of(&one);
        assert!(Arc::ptr_eq(&first, &slots.of(&one)) && !Arc::ptr_eq(&first, &slots.of(&other)));
    }

    #[test]
    fn entries_end_with_their_users() {
        let slots = Slots::<u8>::default();
        let kept = slots.of(&AccountId::new("kept"));
        for number in 0..1000 {
            slots.of(&AccountId::new(format!("account-{number}")));
            assert!(slots.0.lock().expect("a map").len() <= 2);
        }
        assert!(Arc::ptr_eq(&kept, &slots.of(&AccountId::new("kept"))));
    }
}
