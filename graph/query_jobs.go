package graph

import (
	"context"
	"strconv"

	"kantong/graph/model"
	"kantong/internal/registry"
)

func (q query) Job(ctx context.Context, id string) (*model.Job, error) {
	l, err := q.ledger()
	if err != nil {
		return nil, err
	}
	j, err := l.Job(ctx, id)
	if registry.CodeOf(err) == registry.CodeNotFound {
		return nil, nil
	}
	return &model.Job{Job: j}, err
}

func (q query) Jobs(ctx context.Context, first *int, after *string) (*model.JobConnection, error) {
	l, err := q.ledger()
	if err != nil {
		return nil, err
	}
	size, err := model.PageSize(first)
	if err != nil {
		return nil, err
	}
	var before int64
	if after != nil {
		if before, err = strconv.ParseInt(*after, 10, 64); err != nil || before < 1 {
			return nil, registry.Invalid("after", "%q is not a cursor of the list of jobs", *after)
		}
	}
	list, err := l.Jobs(ctx, before, size+1)
	if err != nil {
		return nil, err
	}
	return model.JobPage(list, size), nil
}

func (m mutation) CancelJob(ctx context.Context, id string, clientID string) (*model.JobChange, error) {
	who, err := m.who(ctx)
	if err != nil {
		return nil, err
	}
	m.about(ctx, id)
	j, err := m.Desk.CancelJob(ctx, who, clientID, id)
	if err != nil {
		return nil, err
	}
	return &model.JobChange{Job: &model.Job{Job: j}}, nil
}
