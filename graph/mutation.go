package graph

import (
	"context"
	"errors"
	"strconv"

	"github.com/99designs/gqlgen/graphql"

	"kantong/graph/model"
	"kantong/internal/access"
	"kantong/internal/registry"
)

type mutation struct{ *Resolver }

// who is the administrator who asks; UNAVAILABLE where nothing can be changed.
func (m mutation) who(ctx context.Context) (registry.Viewer, error) {
	if m.Desk == nil {
		return registry.Viewer{}, registry.Errorf(registry.CodeUnavailable, "", "changes are made through a server, or by the commands of kantong")
	}
	return access.ViewerOf(ctx), nil
}

func (m mutation) CreateProgram(ctx context.Context, edition string, input model.ProgramInput, clientID string) (*model.ProgramChange, error) {
	who, err := m.who(ctx)
	if err != nil {
		return nil, err
	}
	m.about(ctx, edition, input.Code)
	revision, err := m.Desk.CreateProgram(ctx, who, clientID, edition, input.Program())
	return m.programChange(ctx, edition, input.Code, revision, err)
}

func (m mutation) UpdateProgram(ctx context.Context, edition string, input model.ProgramInput, clientID string) (*model.ProgramChange, error) {
	who, err := m.who(ctx)
	if err != nil {
		return nil, err
	}
	m.about(ctx, edition, input.Code)
	revision, err := m.Desk.UpdateProgram(ctx, who, clientID, edition, input.Program())
	return m.programChange(ctx, edition, input.Code, revision, err)
}

func (m mutation) programChange(ctx context.Context, edition, code string, revision int64, err error) (*model.ProgramChange, error) {
	if err != nil {
		return nil, each(ctx, err)
	}
	c := &model.ProgramChange{Revision: int(revision)}
	v, err := m.Gate.Now().View(ctx, access.ViewerOf(ctx), edition)
	if registry.CodeOf(err) == registry.CodeNotFound {
		return c, nil // a draft: its programmes are seen when it is published
	}
	if err != nil {
		return nil, err
	}
	for _, p := range model.Programs(v, func(p *registry.Program) bool { return p.Code == code }) {
		c.Program = p
	}
	return c, nil
}

func (m mutation) PublishEdition(ctx context.Context, edition string, release *string, acceptRejected *bool, clientID string) (*model.PublishChange, error) {
	who, err := m.who(ctx)
	if err != nil {
		return nil, err
	}
	m.about(ctx, registry.StateID(edition, valueOf(release)))
	state, err := m.Desk.PublishEdition(ctx, who, clientID, edition, valueOf(release), valueOf(acceptRejected))
	if err != nil {
		return nil, each(ctx, err)
	}
	v, err := m.Gate.Now().View(ctx, who, state)
	if err != nil {
		return nil, err
	}
	return &model.PublishChange{State: state, Edition: model.EditionOf(v)}, nil
}

func (m mutation) DiscardEdition(ctx context.Context, edition string, release *string, clientID string) (*model.DiscardChange, error) {
	who, err := m.who(ctx)
	if err != nil {
		return nil, err
	}
	m.about(ctx, registry.StateID(edition, valueOf(release)))
	discarded, err := m.Desk.DiscardEdition(ctx, who, clientID, edition, valueOf(release))
	if err != nil {
		return nil, each(ctx, err)
	}
	return &model.DiscardChange{Discarded: discarded}, nil
}

func (m mutation) CreateKey(ctx context.Context, key model.KeyInput, clientID string) (*model.KeyChange, error) {
	who, err := m.who(ctx)
	if err != nil {
		return nil, err
	}
	if err := m.checkAreas(ctx, who, key.Areas); err != nil {
		return nil, err
	}
	k, secret, err := m.Desk.CreateKey(ctx, who, clientID, key.NewKey())
	if err != nil {
		return nil, each(ctx, err)
	}
	m.about(ctx, k.ID, k.Role.String())
	return model.NewKeyChange(k, secret), nil
}

func (m mutation) RevokeKey(ctx context.Context, id string, clientID string) (*model.KeyChange, error) {
	who, err := m.who(ctx)
	if err != nil {
		return nil, err
	}
	m.about(ctx, id)
	k, err := m.Desk.RevokeKey(ctx, who, clientID, id)
	if err != nil {
		return nil, each(ctx, err)
	}
	return model.NewKeyChange(k, ""), nil
}

// checkAreas refuses areas of a key that the newest edition does not have: the key would see nothing of its own.
func (m mutation) checkAreas(ctx context.Context, who registry.Viewer, areas []registry.AreaCode) error {
	v, err := m.Gate.Now().View(ctx, who, "")
	switch registry.CodeOf(err) {
	case "":
	case registry.CodeNotFound: // nothing is published yet
		return nil
	default:
		return err
	}
	for i, code := range areas {
		if _, ok := v.Areas.Find(code); !ok {
			return registry.NotFound("key.areas["+strconv.Itoa(i)+"]", "edition %s has no area %s", v.State.ID(), code)
		}
	}
	return nil
}

func valueOf[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// each reports the faults of an input one by one, so that a form can show each beside its field; it gives back the last.
func each(ctx context.Context, err error) error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	list := joined.Unwrap()
	if len(list) == 0 {
		return errors.New("a failure without a reason")
	}
	for _, e := range list[:len(list)-1] {
		graphql.AddError(ctx, e)
	}
	return list[len(list)-1]
}
