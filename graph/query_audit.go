package graph

import (
	"context"
	"strconv"

	"kantong/graph/model"
	"kantong/internal/audit"
	"kantong/internal/registry"
)

func (q query) ledger() (registry.Ledger, error) {
	if q.Ledger == nil {
		return nil, registry.Errorf(registry.CodeUnavailable, "", "no ledger is open here: ask a server, or use the command line")
	}
	return q.Ledger, nil
}

func (q query) Keys(ctx context.Context) ([]*model.Key, error) {
	l, err := q.ledger()
	if err != nil {
		return nil, err
	}
	list, err := l.Keys(ctx)
	out := make([]*model.Key, len(list))
	for i, k := range list {
		out[i] = &model.Key{APIKey: k}
	}
	return out, err
}

func (q query) AuditLog(ctx context.Context, first *int, after *string) (*model.AuditConnection, error) {
	l, err := q.ledger()
	if err != nil {
		return nil, err
	}
	size, err := model.PageSize(first)
	if err != nil {
		return nil, err
	}
	var from int64
	if after != nil {
		if from, err = strconv.ParseInt(*after, 10, 64); err != nil {
			return nil, registry.Invalid("after", "%q is not a cursor of the audit log", *after)
		}
	}
	list, err := l.Audit(ctx, from, size+1)
	if err != nil {
		return nil, err
	}
	return model.AuditPage(list, size), nil
}

func (q query) AuditHead(ctx context.Context) (*model.AuditHead, error) {
	l, err := q.ledger()
	if err != nil {
		return nil, err
	}
	head, err := l.AuditHead(ctx)
	return &model.AuditHead{AuditHead: head}, err
}

func (q query) AuditVerification(ctx context.Context, head *string) (*model.AuditVerification, error) {
	l, err := q.ledger()
	if err != nil {
		return nil, err
	}
	var kept registry.AuditHead
	if head != nil {
		if kept, err = audit.ParseHead(*head); err != nil {
			return nil, registry.Under("head", err)
		}
	}
	found, err := audit.Verify(ctx, l, kept)
	if err != nil {
		return nil, err
	}
	return model.Verification(found), nil
}
