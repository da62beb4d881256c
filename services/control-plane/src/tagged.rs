//! The resources that have tags, and changes of their tags.

use crate::records::{activity_key, group, put, state_machine_key};
use crate::requests::{check_arn, no_resource};
use crate::service::Shared;
use crate::writes::{ATTEMPTS, Settled, gave_up, write};
use stepwell_api::ApiError;
use stepwell_api::internal::Tag;
use stepwell_ids::{ActivityArn, ArnError, Name, Namespace, StateMachineArn};
use stepwell_storage::{ControlWrite, Expect};
use tonic::metadata::MetadataMap;

/// A resource that has tags.
pub(crate) enum Tagged {
    StateMachine(StateMachineArn),
    Activity(ActivityArn),
}

impl Tagged {
    fn parse(text: &str) -> Result<Self, ArnError> {
        match ActivityArn::parse(text) {
            Ok(arn) => Ok(Self::Activity(arn)),
            Err(ArnError::ResourceType(_)) => StateMachineArn::parse(text).map(Self::StateMachine),
            Err(error) => Err(error),
        }
    }

    fn place(&self) -> (&Namespace, &Name) {
        match self {
            Self::StateMachine(arn) => (arn.namespace(), arn.name()),
            Self::Activity(arn) => (arn.namespace(), arn.name()),
        }
    }
}

impl Shared {
    /// The resource that `text` names, in the namespace of the call.
    pub(crate) fn tagged(&self, metadata: &MetadataMap, text: &str) -> Result<Tagged, ApiError> {
        let namespace = self.namespace(metadata)?;
        check_arn("resourceArn", text)?;
        let resource = Tagged::parse(text)?;
        if *resource.place().0 == namespace { Ok(resource) } else { Err(no_resource(text)) }
    }

    /// Its tags.
    pub(crate) async fn tags(&self, text: &str, resource: &Tagged) -> Result<Vec<Tag>, ApiError> {
        let (namespace, name) = resource.place();
        let tags = match resource {
            Tagged::StateMachine(_) => {
                let found = self.records.state_machine(namespace, name).await?;
                found.filter(|found| !found.record.deleting).map(|found| found.record.tags)
            }
            Tagged::Activity(_) => {
                let found = self.records.activity(namespace, name).await?;
                found.map(|found| found.record.tags)
            }
        };
        tags.ok_or_else(|| no_resource(text))
    }

    /// Changes its tags by `change`.
    pub(crate) async fn change_tags(
        &self,
        text: &str,
        resource: &Tagged,
        change: impl Fn(Vec<Tag>) -> Result<Vec<Tag>, ApiError>,
    ) -> Result<(), ApiError> {
        for _ in 0..ATTEMPTS {
            let Some(change) = self.tag_write(text, resource, &change).await? else {
                return Ok(());
            };
            let group = group(resource.place().0);
            if write(&*self.records.store, &group, vec![change]).await? == Settled::Written {
                return Ok(());
            }
        }
        Err(gave_up(&text))
    }

    /// What to write; none where the tags are so already.
    async fn tag_write(
        &self,
        text: &str,
        resource: &Tagged,
        change: &impl Fn(Vec<Tag>) -> Result<Vec<Tag>, ApiError>,
    ) -> Result<Option<ControlWrite>, ApiError> {
        let (namespace, name) = resource.place();
        match resource {
            Tagged::StateMachine(_) => {
                let found = self.records.state_machine(namespace, name).await?;
                let found = found.filter(|found| !found.record.deleting);
                let mut found = found.ok_or_else(|| no_resource(text))?;
                let tags = change(found.record.tags.clone())?;
                let changed = tags != found.record.tags;
                found.record.tags = tags;
                let (key, expect) = (state_machine_key(name), Expect::Version(found.version));
                Ok(changed.then(|| put(key, expect, &found.record)))
            }
            Tagged::Activity(_) => {
                let found = self.records.activity(namespace, name).await?;
                let mut found = found.ok_or_else(|| no_resource(text))?;
                let tags = change(found.record.tags.clone())?;
                let changed = tags != found.record.tags;
                found.record.tags = tags;
                let (key, expect) = (activity_key(name), Expect::Version(found.version));
                Ok(changed.then(|| put(key, expect, &found.record)))
            }
        }
    }
}
