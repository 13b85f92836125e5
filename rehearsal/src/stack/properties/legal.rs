//! Which status may follow which.

use crate::stack::Status;

pub(super) fn stack_may(before: Option<Status>, after: Status) -> bool {
    use Status::*;
    matches!(
        (before, after),
        (None | Some(ReviewInProgress), CreateInProgress)
            | (None, ReviewInProgress)
            | (Some(ReviewInProgress), DeleteInProgress)
            | (Some(CreateInProgress), CreateComplete | CreateFailed | RollbackInProgress | DeleteInProgress)
            | (Some(RollbackInProgress), RollbackComplete | DeleteInProgress)
            | (
                Some(CreateComplete | CreateFailed | UpdateComplete | UpdateFailed | UpdateRollbackComplete),
                UpdateInProgress
            )
            | (
                Some(UpdateInProgress),
                UpdateCompleteCleanupInProgress | UpdateRollbackInProgress | UpdateFailed
            )
            | (Some(UpdateCompleteCleanupInProgress), UpdateComplete)
            | (
                Some(UpdateRollbackInProgress),
                UpdateRollbackCompleteCleanupInProgress | UpdateRollbackFailed
            )
            | (Some(UpdateRollbackFailed | UpdateFailed), UpdateRollbackInProgress)
            | (Some(CreateFailed | UpdateFailed), RollbackInProgress)
            | (Some(UpdateRollbackCompleteCleanupInProgress), UpdateRollbackComplete)
            | (
                Some(
                    CreateComplete
                        | CreateFailed
                        | RollbackComplete
                        | UpdateComplete
                        | UpdateFailed
                        | UpdateRollbackComplete
                        | UpdateRollbackFailed
                ),
                DeleteInProgress
            )
            | (Some(DeleteInProgress), DeleteComplete)
    )
}

pub(super) fn resource_may(before: Option<Status>, after: Status) -> bool {
    use Status::*;
    matches!(
        (before, after),
        (None | Some(DeleteComplete), CreateInProgress)
            // A group says in the words of an update how many signals are missing.
            | (Some(CreateInProgress), CreateInProgress | UpdateInProgress | CreateComplete | CreateFailed)
            | (Some(CreateComplete | UpdateComplete), UpdateInProgress | UpdateFailed | DeleteInProgress)
            // What a rollback gives back.
            | (Some(UpdateComplete), UpdateComplete)
            | (Some(UpdateInProgress), UpdateInProgress | UpdateComplete | UpdateFailed | CreateFailed)
            | (Some(UpdateFailed), UpdateInProgress | UpdateComplete | UpdateFailed | DeleteInProgress)
            | (Some(CreateFailed), CreateInProgress | DeleteInProgress)
            | (Some(DeleteInProgress), DeleteComplete)
    )
}
