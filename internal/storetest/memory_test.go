package storetest

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"sync"

	"kantong/internal/registry"
)

// memory is the plainest store there can be: it shows that the suite can be passed, and with a fault switched on, that
// the suite finds it.
type memory struct {
	editions map[string]*shelf
	mutex    sync.Mutex // of trees; nothing else is written at the same time
	trees    []registry.BlockTree
	prints   map[string]string
	fault    string
}

type shelf struct {
	registry.Edition
	contents
	revision int64
	records  []registry.Record
	imports  []registry.Import
	releases map[string]*leaf // the unnamed one is always there
}

type leaf struct {
	registry.Release
	enrolments []registry.Enrolment
	unmatched  []registry.Unmatched
}

func (m *memory) Close() error { return nil }

func (m *memory) find(ctx context.Context, edition string) (*shelf, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s, ok := m.editions[edition]
	if !ok {
		return nil, registry.NotFound("edition", "no edition %s", edition)
	}
	return s, nil
}

func (m *memory) draft(ctx context.Context, edition string) (*shelf, error) {
	s, err := m.find(ctx, edition)
	if err == nil && s.PublishedAt != nil && m.fault != "published editions can be written" {
		return nil, registry.Conflict("edition", "edition %s is published", edition)
	}
	return s, err
}

func (m *memory) release(ctx context.Context, edition, release string) (*shelf, *leaf, error) {
	s, err := m.find(ctx, edition)
	if err != nil {
		return nil, nil, err
	}
	l, ok := s.releases[release]
	if !ok {
		return nil, nil, registry.NotFound("release", "no release %s", release)
	}
	return s, l, nil
}

func (m *memory) draftRelease(ctx context.Context, edition, release string) (*shelf, *leaf, error) {
	s, l, err := m.release(ctx, edition, release)
	if err == nil && (l.PublishedAt != nil || release == "" && s.PublishedAt != nil) {
		return nil, nil, registry.Conflict("release", "release %q is published", release)
	}
	return s, l, err
}

func (m *memory) Editions(ctx context.Context) (out []registry.Edition, err error) {
	for _, s := range m.editions {
		e := s.Edition
		e.Releases = nil
		for _, l := range s.releases {
			if l.ID != "" || l.PublishedAt != nil {
				e.Releases = append(e.Releases, l.Release)
			}
		}
		slices.SortFunc(e.Releases, func(a, b registry.Release) int {
			if a.PublishedAt != nil && b.PublishedAt != nil {
				return a.PublishedAt.Compare(*b.PublishedAt)
			}
			return cmp.Or(drafts(a.PublishedAt == nil, b.PublishedAt == nil), cmp.Compare(a.ID, b.ID))
		})
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b registry.Edition) int {
		if a.PublishedAt != nil && b.PublishedAt != nil {
			return b.PublishedAt.Compare(*a.PublishedAt)
		}
		return cmp.Or(drafts(a.PublishedAt == nil, b.PublishedAt == nil), cmp.Compare(a.ID, b.ID))
	})
	return out, ctx.Err()
}

// drafts puts drafts last.
func drafts(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func (m *memory) CreateEdition(ctx context.Context, e registry.Edition) error {
	if err := cmp.Or(ctx.Err(), registry.CheckEditionID("id", e.ID)); err != nil {
		return err
	}
	if _, taken := m.editions[e.ID]; taken {
		return registry.Conflict("id", "edition %s is there", e.ID)
	}
	m.editions[e.ID] = &shelf{Edition: registry.Edition{ID: e.ID, Label: e.Label, Source: e.Source, AsOf: e.AsOf, Synthetic: e.Synthetic,
		Boundaries: e.Boundaries, Schematic: e.Schematic}, releases: map[string]*leaf{"": {}}}
	return nil
}

func (m *memory) CreateRelease(ctx context.Context, edition string, r registry.Release) error {
	s, err := m.find(ctx, edition)
	if err != nil {
		return err
	}
	if err := registry.CheckEditionID("id", r.ID); err != nil {
		return err
	}
	if _, taken := s.releases[r.ID]; taken {
		return registry.Conflict("id", "release %s is there", r.ID)
	}
	s.releases[r.ID] = &leaf{Release: registry.Release{ID: r.ID, EnrolmentsAsOf: r.EnrolmentsAsOf}}
	return nil
}

func (m *memory) Discard(ctx context.Context, edition, release string) error {
	if release == "" {
		if _, err := m.draft(ctx, edition); err != nil {
			return err
		}
		delete(m.editions, edition)
		return nil
	}
	s, _, err := m.draftRelease(ctx, edition, release)
	if err == nil {
		delete(s.releases, release)
	}
	return err
}

func (m *memory) Publish(ctx context.Context, edition, release string, o registry.PublishOptions) (state registry.State, err error) {
	s, l, err := m.draftRelease(ctx, edition, release)
	if err != nil {
		return state, err
	}
	if len(s.areas) == 0 || len(s.households) == 0 {
		return state, registry.Conflict("edition", "nothing to publish")
	}
	for _, im := range s.imports {
		if im.Rejected > 0 && !o.AcceptRejected {
			return state, registry.Conflict("edition", "%d rows rejected", im.Rejected)
		}
	}
	ids := map[registry.HouseholdID]bool{}
	for _, h := range s.households {
		ids[h.ID] = true
	}
	for _, e := range l.enrolments {
		known := slices.ContainsFunc(s.programs, func(p registry.Program) bool { return p.Code == e.Program })
		if !(known && ids[e.Household]) && m.fault != "any enrolment is published" {
			return state, registry.Invalid("enrolments", "of no household or programme")
		}
	}
	for _, v := range s.successions {
		if !slices.ContainsFunc(s.areas, func(a registry.Area) bool { return a.Code == v.Code }) && m.fault != "any succession is published" {
			return state, registry.Conflict("edition", "of no area")
		}
	}
	if s.PublishedAt == nil {
		var all, located registry.Tally
		for _, h := range s.households {
			h.MatchKeys = nil
			key := o.Secrets.RecordKey(h.ID)
			s.records = append(s.records, registry.Record{Household: h, Key: key})
			all.Add(int64(max(h.Members, 0)), key)
			if h.Located {
				located.Add(0, key)
			}
		}
		s.Households, s.People, s.Keys = all.Households, all.People, all.Keys
		s.Located, s.LocatedKeys = located.Households, located.Keys
		if m.fault == "keys of the located are those of all" {
			s.LocatedKeys = all.Keys
		}
		if o.Progress != nil {
			o.Progress(s.Households)
		}
		s.ContentHash, s.PublishedAt = s.editionHash(), &o.Now
	}
	l.Enrolments, l.PublishedAt = int64(len(l.enrolments)), &o.Now
	l.ContentHash = contents{enrolments: l.enrolments, unmatched: l.unmatched}.releaseHash()
	return registry.State{Edition: s.Edition, Release: l.Release, Hash: registry.StateHash(s.ContentHash, l.ContentHash)}, nil
}

// put replaces or extends a list, in order, and records the import.
func put[T any](m *memory, s *shelf, to *[]T, im registry.Import, add []T, compare func(a, b T) int, unique bool) error {
	var all []T
	if im.Append != (m.fault == "append replaces") && im.Append {
		all = slices.Clone(*to)
	}
	all = append(all, add...)
	slices.SortStableFunc(all, compare)
	for i := 1; unique && i < len(all); i++ {
		if compare(all[i-1], all[i]) == 0 {
			return registry.Conflict("id", "given twice")
		}
	}
	*to = all
	s.imports = append(s.imports, im)
	return nil
}

func (m *memory) PutAreas(ctx context.Context, edition string, im registry.Import, areas []registry.Area) error {
	s, err := m.draft(ctx, edition)
	if err != nil {
		return err
	}
	return put(m, s, &s.areas, im, areas, func(a, b registry.Area) int { return cmp.Compare(a.Code, b.Code) }, true)
}

func (m *memory) PutPrograms(ctx context.Context, edition string, im registry.Import, programs []registry.Program) error {
	s, err := m.find(ctx, edition)
	if err != nil {
		return err
	}
	if len(programs) > registry.MaxPrograms {
		return registry.Invalid("programs", "too many")
	}
	if err := im.CheckReplaces(s.revision); err != nil {
		return err
	}
	im.Replaces = nil
	s.revision++
	return put(m, s, &s.programs, im, programs, func(a, b registry.Program) int {
		if m.fault == "programmes are sorted without case" {
			return cmp.Compare(strings.ToLower(a.Code), strings.ToLower(b.Code))
		}
		return cmp.Compare(a.Code, b.Code)
	}, true)
}

func (m *memory) PutIndicators(ctx context.Context, edition string, im registry.Import, indicators []registry.AreaIndicator) error {
	s, err := m.draft(ctx, edition)
	if err != nil {
		return err
	}
	return put(m, s, &s.indicators, im, indicators, func(a, b registry.AreaIndicator) int {
		return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Year, b.Year))
	}, true)
}

func (m *memory) PutSuccessions(ctx context.Context, edition string, im registry.Import, successions []registry.Succession) error {
	s, err := m.draft(ctx, edition)
	if err != nil {
		return err
	}
	for i := range successions {
		if err := successions[i].Check(); err != nil {
			return err
		}
	}
	return put(m, s, &s.successions, im, successions, compareSuccessions, true)
}

func (m *memory) PutHouseholds(ctx context.Context, edition string, im *registry.Import, seq iter.Seq2[registry.Household, error]) error {
	s, err := m.draft(ctx, edition)
	if err != nil {
		return err
	}
	add, err := list(seq)
	if m.fault == "half a file is stored" {
		s.households = add
	}
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return err
	}
	if !im.Append {
		s.imports = slices.DeleteFunc(s.imports, func(im registry.Import) bool { return im.Kind == registry.ImportPoints })
	}
	return put(m, s, &s.households, *im, add, func(a, b registry.Household) int { return slices.Compare(a.ID[:], b.ID[:]) }, m.fault != "ids are not unique")
}

func (m *memory) PutEnrolments(ctx context.Context, edition, release string, im *registry.Import, seq iter.Seq2[registry.Enrolment, error]) error {
	s, l, err := m.draftRelease(ctx, edition, release)
	if err != nil {
		return err
	}
	add, err := list(seq)
	if err != nil {
		return err
	}
	if !im.Append {
		l.unmatched = nil
	}
	l.unmatched = registry.AddUnmatched(l.unmatched, im.Unmatched)
	logged := *im
	logged.Unmatched = nil
	return put(m, s, &l.enrolments, logged, add, func(a, b registry.Enrolment) int {
		return cmp.Or(slices.Compare(a.Household[:], b.Household[:]), cmp.Compare(a.Program, b.Program), cmp.Compare(a.Since, b.Since))
	}, false)
}

func (m *memory) Imports(ctx context.Context, edition string) ([]registry.Import, error) {
	s, err := m.find(ctx, edition)
	if err != nil {
		return nil, err
	}
	return s.imports, nil
}

func (m *memory) Areas(ctx context.Context, edition string) ([]registry.Area, error) {
	s, err := m.find(ctx, edition)
	if err != nil {
		return nil, err
	}
	return s.areas, nil
}

func (m *memory) Programs(ctx context.Context, edition string) ([]registry.Program, int64, error) {
	s, err := m.find(ctx, edition)
	if err != nil {
		return nil, 0, err
	}
	return slices.Clone(s.programs), s.revision, nil
}

func (m *memory) Indicators(ctx context.Context, edition string) ([]registry.AreaIndicator, error) {
	s, err := m.find(ctx, edition)
	if err != nil {
		return nil, err
	}
	return s.indicators, nil
}

func (m *memory) Successions(ctx context.Context, edition string) ([]registry.Succession, error) {
	s, err := m.find(ctx, edition)
	if err != nil {
		return nil, err
	}
	return s.successions, nil
}

// sequence gives a list, or the one error.
func sequence[T any](values []T, err error) iter.Seq2[T, error] {
	if err != nil {
		return func(yield func(T, error) bool) { var zero T; yield(zero, err) }
	}
	return each(values)
}

func (m *memory) Households(ctx context.Context, edition string) iter.Seq2[registry.Household, error] {
	s, err := m.find(ctx, edition)
	if err != nil {
		return sequence[registry.Household](nil, err)
	}
	households := slices.Clone(s.households)
	for i := range households {
		households[i].MatchKeys = nil
		if m.fault == "an unknown decile comes back as 0" {
			households[i].Decile = max(households[i].Decile, 0)
		}
	}
	return each(households)
}

func (m *memory) Records(ctx context.Context, edition string) iter.Seq2[registry.Record, error] {
	s, err := m.find(ctx, edition)
	if err == nil && s.PublishedAt == nil {
		err = registry.Conflict("edition", "edition %s is a draft", edition)
	}
	if err != nil {
		return sequence[registry.Record](nil, err)
	}
	return each(s.records)
}

func (m *memory) Enrolments(ctx context.Context, edition, release string) iter.Seq2[registry.Enrolment, error] {
	_, l, err := m.release(ctx, edition, release)
	if err != nil {
		return sequence[registry.Enrolment](nil, err)
	}
	return each(l.enrolments)
}

func (m *memory) Attributes(ctx context.Context, edition string, ids []registry.HouseholdID) ([]*registry.Household, error) {
	s, err := m.find(ctx, edition)
	if err != nil {
		return nil, err
	}
	out := make([]*registry.Household, len(ids))
	for i, id := range ids {
		for k := range s.households {
			if s.households[k].ID == id {
				h := s.households[k]
				h.MatchKeys = nil
				out[i] = &h
			}
		}
	}
	return out, nil
}

func (m *memory) MatchKeys(ctx context.Context, edition string) iter.Seq2[registry.HouseholdKey, error] {
	s, err := m.find(ctx, edition)
	if err != nil {
		return sequence[registry.HouseholdKey](nil, err)
	}
	var keys []registry.HouseholdKey
	for _, h := range s.households {
		for _, k := range h.MatchKeys {
			keys = append(keys, registry.HouseholdKey{Household: h.ID, MatchKey: k})
		}
	}
	slices.SortFunc(keys, compareHouseholdKeys)
	return each(keys)
}

func (m *memory) PutPoints(ctx context.Context, edition string, im *registry.Import, seq iter.Seq2[registry.HouseholdPoint, error]) error {
	s, err := m.draft(ctx, edition)
	if err != nil {
		return err
	}
	points, err := list(seq)
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return err
	}
	households := slices.Clone(s.households)
	for _, p := range points {
		at := slices.IndexFunc(households, func(h registry.Household) bool { return h.ID == p.Household })
		if at < 0 {
			return registry.NotFound("id", "no household %s", p.Household)
		}
		households[at].Located, households[at].Point = true, p.Point
		if m.fault == "a point leaves nothing else" {
			households[at].MatchKeys = nil
		}
	}
	s.households, s.imports = households, append(s.imports, *im)
	s.Located = 0
	for _, h := range households {
		if h.Located {
			s.Located++
		}
	}
	return nil
}

func (m *memory) Unmatched(ctx context.Context, edition, release string) ([]registry.Unmatched, error) {
	_, l, err := m.release(ctx, edition, release)
	if err != nil {
		return nil, err
	}
	return l.unmatched, nil
}

func newMemory() *memory { return &memory{editions: map[string]*shelf{}} }
