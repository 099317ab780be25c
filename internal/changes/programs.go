package changes

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"kantong/internal/registry"
)

// programOutcome is what is recorded of a change of a programme.
type programOutcome struct {
	Revision int64 `json:"revision"`
}

// CreateProgram adds a programme to an edition, draft or published, and gives the revision of its programmes after it.
// CONFLICT of field "program.code" when its code is taken. Faults of the programme come joined, as many as are found at
// once, each a registry.Error with a field under "program".
func (d *Desk) CreateProgram(ctx context.Context, who registry.Viewer, clientID, edition string, p registry.Program) (revision int64, err error) {
	return d.changeProgram(ctx, who, clientID, programChange{"createProgram", edition, p})
}

// UpdateProgram redefines the programme of p's code, and gives the revision of the edition's programmes after it: where
// the programme is as asked already, the one they have. NOT_FOUND of field "program.code" when there is none of the code;
// faults as those of CreateProgram.
func (d *Desk) UpdateProgram(ctx context.Context, who registry.Viewer, clientID, edition string, p registry.Program) (revision int64, err error) {
	return d.changeProgram(ctx, who, clientID, programChange{"updateProgram", edition, p})
}

// programChange is what is asked for.
type programChange struct {
	Action  string
	Edition string
	Program registry.Program
}

func (d *Desk) changeProgram(ctx context.Context, who registry.Viewer, clientID string, c programChange) (int64, error) {
	outcome, err := once(ctx, d, order{who, clientID, c.Action, c}, func(ctx context.Context, again bool) (programOutcome, error) {
		for {
			revision, err := d.putProgram(ctx, c, again)
			var e *registry.Error
			if errors.As(err, &e) && e.Code == registry.CodeConflict && e.Field == "revision" {
				continue // another change came between reading and writing: it is done, so this ends
			}
			return programOutcome{revision}, err
		}
	})
	if err == nil {
		d.takeOver(ctx, c.Edition)
	}
	return outcome.Revision, err
}

// putProgram writes the edition's programmes with the change made, unless others were written since it read them: that
// is CONFLICT of field "revision".
func (d *Desk) putProgram(ctx context.Context, c programChange, again bool) (revision int64, err error) {
	list, revision, err := d.with.Store.Programs(ctx, c.Edition)
	if err != nil {
		return 0, err
	}
	creating := c.Action == "createProgram"
	at := slices.IndexFunc(list, func(p registry.Program) bool { return p.Code == c.Program.Code })
	if at >= 0 && (again || !creating) && same(&list[at], &c.Program) {
		return revision, nil
	}
	var faults []error
	switch {
	case creating && at >= 0:
		faults = append(faults, registry.Conflict("code", "edition %s has a programme %s already", c.Edition, c.Program.Code))
	case creating && len(list) >= registry.MaxPrograms:
		faults = append(faults, registry.Conflict("", "edition %s has %d programmes, as many as there may be", c.Edition, len(list)))
	case creating:
		list = append(list, c.Program)
	case at < 0:
		return 0, registry.NotFound("program.code", "edition %s has no programme %q", c.Edition, c.Program.Code)
	default:
		list[at] = c.Program
	}
	found, err := d.faults(ctx, c.Edition, &c.Program, list)
	if err != nil {
		return 0, err
	}
	if faults = append(faults, found...); len(faults) > 0 {
		for i := range faults {
			faults[i] = registry.Under("program", faults[i])
		}
		return 0, errors.Join(faults...)
	}
	return revision + 1, d.writePrograms(ctx, c.Edition, list, revision)
}

// same tells whether two programmes are stored alike.
func same(a, b *registry.Program) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// faults gives all that is wrong with a programme of an edition with the programmes of list: by itself, and areas and
// programmes of its rule that do not exist, as an import finds them.
func (d *Desk) faults(ctx context.Context, edition string, p *registry.Program, list []registry.Program) ([]error, error) {
	areas, err := d.with.Store.Areas(ctx, edition)
	if err != nil {
		return nil, err
	}
	dataset := registry.Dataset{State: registry.State{Edition: registry.Edition{ID: edition}}, Programs: list}
	if dataset.Areas, err = registry.NewAreas(areas); err != nil {
		return nil, err
	}
	faults := p.Faults()
	if p.Eligibility.Check() != nil {
		return faults, nil // that fault is among them
	}
	if err := dataset.CheckFilter(&p.Eligibility); err != nil {
		faults = append(faults, registry.Under("eligibility", err))
	}
	return faults, nil
}

// writePrograms replaces an edition's programmes of a revision. Rows that were rejected when files of them were imported
// stay on record, so that publishing without them is still for somebody to accept.
func (d *Desk) writePrograms(ctx context.Context, edition string, list []registry.Program, revision int64) error {
	imports, err := d.with.Store.Imports(ctx, edition)
	if err != nil {
		return err
	}
	im := registry.Import{Kind: registry.ImportPrograms, File: "GraphQL", Rows: int64(len(list)), At: d.with.Now(), Replaces: &revision}
	for _, former := range imports {
		if former.Kind == registry.ImportPrograms {
			im.Rejected += former.Rejected
		}
	}
	return d.with.Store.PutPrograms(ctx, edition, im, list)
}
