//! Admission of one call of the SDK: a permit for each attempt, and none for the pauses between.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::BeforeTransmitInterceptorContextMut},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use nepho_core::Region;

use crate::rate_limit::{Permit, Purpose, RateLimiter};

/// Interceptor that gives each attempt of a call its permit. The HTTP client takes the permit before
/// it sends and drops it at the end of the attempt.
#[derive(Clone, Debug)]
pub(crate) struct Admission(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    rate_limiter: Arc<RateLimiter>,
    region: Region,
    purpose: Purpose,
    /// The permit of the first attempt, until it is sent.
    first: Mutex<Option<Permit>>,
}

impl Admission {
    /// Waits for the permit of the first attempt: before the call begins, so that its time limit does
    /// not count the wait.
    pub async fn wait(rate_limiter: &Arc<RateLimiter>, region: &Region, purpose: Purpose) -> Self {
        let first = Mutex::new(Some(rate_limiter.permit(region, purpose).await));
        Self(Arc::new(Inner { rate_limiter: Arc::clone(rate_limiter), region: region.clone(), purpose, first }))
    }

    /// Returns the permit of the next attempt.
    pub async fn permit(&self) -> Permit {
        let first = self.0.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        match first {
            Some(permit) => permit,
            None => self.0.rate_limiter.permit(&self.0.region, self.0.purpose).await,
        }
    }
}

impl Intercept for Admission {
    fn name(&self) -> &'static str {
        "Admission"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        context.request_mut().add_extension(self.clone());
        Ok(())
    }
}
