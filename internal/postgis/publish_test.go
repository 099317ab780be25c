package postgis

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"kantong/internal/filestore"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// bothStores are a fresh one here and an embedded one: whatever is done to both must end alike.
func bothStores(t *testing.T) map[string]registry.Store {
	file, err := filestore.Open(t.Context(), filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return map[string]registry.Store{"file": file, "database": openStore(t, freshDatabase(t))}
}

func TestHashesAreThoseOfTheEmbeddedStore(t *testing.T) {
	c := cityContents(21, 500)
	stores := bothStores(t)
	states := map[string]registry.State{}
	for name, s := range stores {
		states[name] = c.publish(t, s, "e")
	}
	if diff := cmp.Diff(states["database"], states["file"]); diff != "" {
		t.Errorf("states (-database +file):\n%s", diff)
	}
	// Enrolments that are alike but for what comes last in the order.
	var alike []registry.Enrolment
	for i := range 40 {
		e := c.enrolments[0]
		e.Status = registry.EnrolmentStatus(1 + i%4)
		e.Until = []registry.Date{"", "2025-12-31"}[i/4%2]
		e.Persons = []int{registry.UnknownInt, 0, 3}[i%3]
		e.Rupiah = []int64{registry.UnknownInt, 0, 12}[i/2%3]
		e.Decree = []string{"", "b", "B"}[i%3]
		alike = append(alike, e)
	}
	for name, s := range stores {
		if err := s.CreateRelease(t.Context(), "e", registry.Release{ID: "r"}); err != nil {
			t.Fatal(err)
		}
		if err := s.PutEnrolments(t.Context(), "e", "r", &registry.Import{}, values(alike)); err != nil {
			t.Fatal(err)
		}
		state, err := s.Publish(t.Context(), "e", "r", registry.PublishOptions{Now: testTime})
		if err != nil {
			t.Fatal(err)
		}
		states[name] = state
	}
	if diff := cmp.Diff(states["database"], states["file"]); diff != "" {
		t.Errorf("states of alike enrolments (-database +file):\n%s", diff)
	}
}

// TestRefusalsAreThoseOfTheEmbeddedStore compares errors to the last letter.
func TestRefusalsAreThoseOfTheEmbeddedStore(t *testing.T) {
	c := cityContents(11, 40)
	stranger := registry.Enrolment{Household: registry.HouseholdID{0xab}, Program: c.programs[0].Code, Status: registry.EnrolmentActive, Persons: -1, Rupiah: -1}
	foreign := registry.Enrolment{Household: c.households[0].ID, Program: "NONE", Status: registry.EnrolmentActive, Persons: -1, Rupiah: -1}
	publish := func(release string) func(ctx context.Context, s registry.Store) error {
		return func(ctx context.Context, s registry.Store) error {
			_, err := s.Publish(ctx, "e", release, registry.PublishOptions{Now: testTime})
			return err
		}
	}
	then := func(steps ...func(ctx context.Context, s registry.Store) error) func(ctx context.Context, s registry.Store) error {
		return func(ctx context.Context, s registry.Store) error {
			for i, step := range steps {
				if err := step(ctx, s); err != nil || i == len(steps)-1 {
					return err
				}
			}
			return nil
		}
	}
	putEnrolments := func(release string, rejected int64, list ...registry.Enrolment) func(ctx context.Context, s registry.Store) error {
		return func(ctx context.Context, s registry.Store) error {
			return s.PutEnrolments(ctx, "e", release, &registry.Import{File: "b.csv", Rejected: rejected}, values(list))
		}
	}
	putHouseholds := func(more bool, rejected int64, list ...registry.Household) func(ctx context.Context, s registry.Store) error {
		return func(ctx context.Context, s registry.Store) error {
			return s.PutHouseholds(ctx, "e", &registry.Import{File: "a.csv", Rejected: rejected, Append: more}, values(list))
		}
	}
	release := func(id string) func(ctx context.Context, s registry.Store) error {
		return func(ctx context.Context, s registry.Store) error {
			return s.CreateRelease(ctx, "e", registry.Release{ID: id})
		}
	}
	putAreas := func(list ...registry.Area) func(ctx context.Context, s registry.Store) error {
		return func(ctx context.Context, s registry.Store) error {
			return s.PutAreas(ctx, "e", registry.Import{}, list)
		}
	}
	for name, do := range map[string]func(ctx context.Context, s registry.Store) error{
		"no areas":             then(putAreas(), publish("")),
		"no households":        then(putHouseholds(false, 0), publish("")),
		"rejected rows":        then(putHouseholds(false, 3, c.households...), putEnrolments("", 4, c.enrolments...), publish("")),
		"unknown programme":    then(putEnrolments("", 0, foreign, foreign), publish("")),
		"unknown household":    then(putEnrolments("", 0, stranger, stranger), publish("")),
		"unknown release":      publish("2025-10"),
		"published":            then(publish(""), publish("")),
		"published areas":      then(publish(""), putAreas(c.areas...)),
		"published enrolments": then(publish(""), putEnrolments("", 0)),
		"published, unnamed":   then(publish(""), release("")),
		"the same release":     then(release("a"), release("a")),
		"one of two releases": then(func(ctx context.Context, s registry.Store) error { return s.Discard(ctx, "e", "") },
			func(ctx context.Context, s registry.Store) error {
				c := c
				c.enrolments = nil
				return c.put(ctx, s, "e")
			}, release("a"), release("b"), publish("c")),
		"a household twice": putHouseholds(false, 0, c.households[0], c.households[0]),
		"a household again": putHouseholds(true, 0, c.households[7]),
		"an area twice":     putAreas(c.areas[0], c.areas[1], c.areas[0]),
		"an area of no code": func(ctx context.Context, s registry.Store) error {
			return s.PutAreas(ctx, "e", registry.Import{}, []registry.Area{{Code: "1"}})
		},
		"a programme that must stay": then(publish(""), func(ctx context.Context, s registry.Store) error {
			return s.PutPrograms(ctx, "e", registry.Import{}, nil)
		}),
		"discard": then(publish(""), func(ctx context.Context, s registry.Store) error { return s.Discard(ctx, "e", "") }),
	} {
		t.Run(name, func(t *testing.T) {
			errs := map[string]string{}
			for kind, s := range bothStores(t) {
				if err := c.put(t.Context(), s, "e"); err != nil {
					t.Fatal(err)
				}
				err := do(t.Context(), s)
				errs[kind] = string(registry.CodeOf(err)) + ": "
				if err != nil {
					errs[kind] += err.Error()
				}
			}
			if errs["database"] != errs["file"] || errs["file"] == ": " {
				t.Errorf("database: %s\nfile:     %s", errs["database"], errs["file"])
			}
		})
	}
}

// TestStateRows compares what engines read with what it is made of, for the first state of an edition and a further one.
func TestStateRows(t *testing.T) {
	c := cityContents(31, 300)
	s := openStore(t, freshDatabase(t))
	c.publish(t, s, "e")
	bits, err := bitsOf(t.Context(), s, "e")
	if err != nil {
		t.Fatal(err)
	}
	checkState(t, s, "e", c.households, c.enrolments, bits)
	if err := s.CreateRelease(t.Context(), "e", registry.Release{ID: "r"}); err != nil {
		t.Fatal(err)
	}
	further := c.enrolments[len(c.enrolments)/2:]
	if err := s.PutEnrolments(t.Context(), "e", "r", &registry.Import{}, values(further)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(t.Context(), "e", "r", registry.PublishOptions{Now: testTime}); err != nil {
		t.Fatal(err)
	}
	checkState(t, s, "e+r", c.households, further, bits)
	checkState(t, s, "e", c.households, c.enrolments, bits)
}

func bitsOf(ctx context.Context, s *Store, edition string) (bits map[string]int, err error) {
	err = s.read(ctx, func(tx pgx.Tx) error {
		bits, err = programBits(ctx, tx, edition)
		return err
	})
	return bits, err
}

// stateOf is what a test reads of a row of a state.
type stateOf struct {
	ID              registry.HouseholdID
	Area            string
	Enrolled        int64
	Key             registry.RecordKey
	Deprived, Known int32
	Lon, Lat        *int32
	X, Y            *float64
	Sex, Decile     *int16
	Expenditure     *int32
	Members         *int16
	Stunted         *int16
}

func checkState(t *testing.T, s *Store, state string, households []registry.Household, enrolments []registry.Enrolment, bits map[string]int) {
	t.Helper()
	active := map[registry.HouseholdID]int64{}
	for _, e := range enrolments {
		if e.Status == registry.EnrolmentActive {
			active[e.Household] |= 1 << bits[e.Program]
		}
	}
	var want []stateOf
	for _, h := range households {
		row := stateOf{ID: h.ID, Area: string(h.Area), Enrolled: active[h.ID], Key: testSecrets.RecordKey(h.ID), Deprived: int32(h.Deprived), Known: int32(h.Known),
			Sex: known16(int(h.HeadSex), 0), Decile: known16(h.Decile, -1), Members: known16(h.Members, -1), Stunted: known16(h.Persons[registry.Stunted], -1)}
		if h.Located {
			p := h.Point.Point()
			row.Lon, row.Lat, row.X, row.Y = &h.Point.Lon, &h.Point.Lat, &p[0], &p[1]
		}
		if h.Expenditure != registry.UnknownInt {
			e := int32(h.Expenditure)
			row.Expenditure = &e
		}
		if h.Decile != registry.UnknownInt {
			row.Known |= 1 << registry.Unserved
			if h.Decile <= 4 && active[h.ID] == 0 {
				row.Deprived |= 1 << registry.Unserved
			}
		}
		want = append(want, row)
	}
	slices.SortFunc(want, func(a, b stateOf) int { return slices.Compare(a.ID[:], b.ID[:]) })
	rows, err := s.pool.Query(t.Context(), `SELECT id, area_code, enrolled, record_key_1, record_key_2, deprived, known, lon_e7, lat_e7,
		ST_X(geom), ST_Y(geom), head_sex, decile, expenditure, members, stunted FROM kantong.household_state WHERE state = $1 ORDER BY id`, state)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r stateOf, err error) {
		var first, second int32
		err = row.Scan((*[16]byte)(&r.ID), &r.Area, &r.Enrolled, &first, &second, &r.Deprived, &r.Known, &r.Lon, &r.Lat, &r.X, &r.Y,
			&r.Sex, &r.Decile, &r.Expenditure, &r.Members, &r.Stunted)
		r.Key = registry.RecordKey{uint32(first), uint32(second)}
		return r, err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("state %s (-got +want):\n%s", state, diff)
	}
	var sorted bool
	if err := s.pool.QueryRow(t.Context(), `SELECT bool_and(area_code >= before) FROM
		(SELECT area_code, lag(area_code) OVER (ORDER BY ctid) AS before FROM kantong.household_state WHERE state = $1) AS rows`, state).Scan(&sorted); err != nil || !sorted {
		t.Errorf("rows of state %s are not stored by area: %v", state, err)
	}
}

func known16(v, unknown int) *int16 {
	if v == unknown {
		return nil
	}
	n := int16(v)
	return &n
}

func TestProgramsKeepTheirBits(t *testing.T) {
	s := openStore(t, freshDatabase(t))
	ctx := t.Context()
	d, _, _ := storetest.City(1, 1)
	program := func(code string) registry.Program {
		p := d.Programs[0]
		p.Code = code
		return p
	}
	if err := s.CreateEdition(ctx, registry.Edition{ID: "e"}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		more  bool
		codes []string
		want  map[string]int
	}{
		{false, []string{"M", "Z", "A"}, map[string]int{"M": 0, "Z": 1, "A": 2}},
		{true, []string{"B"}, map[string]int{"M": 0, "Z": 1, "A": 2, "B": 3}},
		{false, []string{"N", "A", "B", "M"}, map[string]int{"N": 1, "A": 2, "B": 3, "M": 0}},
		{false, []string{"B"}, map[string]int{"B": 3}},
		{true, []string{"C", "D"}, map[string]int{"B": 3, "C": 0, "D": 1}},
	} {
		var list []registry.Program
		for _, code := range step.codes {
			list = append(list, program(code))
		}
		if err := s.PutPrograms(ctx, "e", registry.Import{Append: step.more}, list); err != nil {
			t.Fatal(err)
		}
		got, err := bitsOf(ctx, s, "e")
		if diff := cmp.Diff(got, step.want); err != nil || diff != "" {
			t.Fatalf("after %v: %v\n%s", step.codes, err, diff)
		}
	}
}

// TestPublishingWaitsForNoReader publishes and discards while a reader holds what is published, and others come.
func TestPublishingWaitsForNoReader(t *testing.T) {
	url := freshDatabase(t)
	s, reader := openStore(t, url), openStore(t, url)
	c := cityContents(22, 30)
	c.publish(t, s, "a")
	look := func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `SELECT (SELECT count(*) FROM kantong.household), (SELECT count(*) FROM kantong.household_state), (SELECT count(*) FROM kantong.enrolment)`)
		return err
	}
	err := reader.read(t.Context(), func(held pgx.Tx) error {
		if err := look(held); err != nil {
			return err
		}
		run(t, s, "ALTER DATABASE "+quote(s.pool.Config().ConnConfig.Database)+" SET lock_timeout = '5s'") // to fail and not to hang
		writer := openStore(t, url)
		c.publish(t, writer, "b")
		if err := c.put(t.Context(), writer, "c"); err != nil {
			return err
		}
		if err := writer.Discard(t.Context(), "c", ""); err != nil {
			return err
		}
		return look(held)
	})
	if err != nil {
		t.Error(err)
	}
}
