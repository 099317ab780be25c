package changes

import (
	"context"

	"kantong/internal/registry"
)

// CancelJob ends the import of an uploaded file, and gives it as it is then; one that runs may go on for a moment. CONFLICT of
// field "id" when it has ended otherwise, NOT_FOUND when there is none. Asked again it gives the job as it is now.
func (d *Desk) CancelJob(ctx context.Context, who registry.Viewer, clientID, id string) (registry.Job, error) {
	_, err := once(ctx, d, order{who, clientID, "cancelJob", id}, func(ctx context.Context, _ bool) (string, error) {
		_, err := d.with.Cancel(ctx, id)
		return id, err
	})
	if err != nil {
		return registry.Job{}, err
	}
	return d.with.Ledger.Job(ctx, id)
}
