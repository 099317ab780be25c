package postgis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"kantong/internal/registry"
)

func TestTranslate(t *testing.T) {
	state := func(code string) error { return fmt.Errorf("query: %w", &pgconn.PgError{Code: code, Message: "x"}) }
	own := errors.New("line 4: unreadable")
	for _, c := range []struct {
		err  error
		code registry.Code
	}{
		{nil, ""},
		{registry.Conflict("id", "taken"), registry.CodeConflict},
		{given{own}, registry.CodeInternal},
		{given{registry.Invalid("id", "bad")}, registry.CodeBadUserInput},
		{context.Canceled, registry.CodeInternal},
		{io.ErrUnexpectedEOF, registry.CodeUnavailable},
		{state("08006"), registry.CodeUnavailable},
		{state("57P01"), registry.CodeUnavailable},
		{state("57P03"), registry.CodeUnavailable},
		{state("53300"), registry.CodeUnavailable},
		{state("53100"), registry.CodeUnavailable},
		{state("58030"), registry.CodeUnavailable},
		{state("57014"), registry.CodeUnavailable},
		{state("40P01"), registry.CodeUnavailable},
		{state("28P01"), registry.CodeUnavailable},
		{state("3D000"), registry.CodeUnavailable},
		{state("23505"), registry.CodeConflict},
		{state("42501"), registry.CodeConflict},
		{state("P0001"), registry.CodeConflict},
		{state("22021"), registry.CodeBadUserInput},
		{state("22003"), registry.CodeBadUserInput},
		{state("42601"), registry.CodeInternal}, // a fault of this program
	} {
		if got := registry.CodeOf(translate(c.err)); got != c.code {
			t.Errorf("%v: %s, want %s", c.err, got, c.code)
		}
	}
	if translate(given{own}) != own {
		t.Error("a sequence's own error does not come back as it was")
	}
}

func TestOpenRefuses(t *testing.T) {
	for url, want := range map[string]registry.Code{
		"postgres://me:s3cret@127.0.0.1:1/kantong":             registry.CodeUnavailable,
		"postgres://me:s3cret@127.0.0.1:port/kantong":          registry.CodeBadUserInput,
		"postgres://me:s3cret@[::1/kantong":                    registry.CodeBadUserInput,
		"postgres://me:s3cret@h/kantong?sslmode=of-course":     registry.CodeBadUserInput,
		"postgres://me:s3cret@h/kantong?pool_max_conns=s3cret": registry.CodeBadUserInput,
	} {
		for what, open := range map[string]func() error{
			"Open": func() error {
				s, err := Open(t.Context(), url)
				if err == nil {
					s.Close()
				}
				return err
			},
			"Migrate": func() error { return Migrate(t.Context(), url) },
			"Status": func() error {
				_, err := Status(t.Context(), url)
				return err
			},
		} {
			err := open()
			wantCode(t, what+" "+url, err, want)
			for e := err; e != nil; e = errors.Unwrap(e) {
				if strings.Contains(e.Error(), "s3cret") {
					t.Errorf("%s: %q tells the password", what, e)
				}
			}
		}
	}
}

func TestNoSuchDatabase(t *testing.T) {
	url := freshDatabase(t)
	_, err := Open(t.Context(), inDatabase(url, "kantong_test_none"))
	wantCode(t, "Open", err, registry.CodeUnavailable)
}

func TestDistributeNeedsCitus(t *testing.T) {
	s := openStore(t, freshDatabase(t))
	wantCode(t, "Distribute", s.Distribute(t.Context()), registry.CodeConflict)
}

// TestWhatCannotBeStored names the column or says what is wrong, and leaves the draft as it was.
func TestWhatCannotBeStored(t *testing.T) {
	s := openStore(t, freshDatabase(t))
	c := cityContents(51, 20)
	if err := c.put(t.Context(), s, "e"); err != nil {
		t.Fatal(err)
	}
	household := func(change func(*registry.Household)) error {
		h := c.households[0]
		change(&h)
		return s.PutHouseholds(t.Context(), "e", &registry.Import{}, values([]registry.Household{c.households[1], h}))
	}
	enrolment := func(change func(*registry.Enrolment)) error {
		e := c.enrolments[0]
		change(&e)
		return s.PutEnrolments(t.Context(), "e", "", &registry.Import{}, values([]registry.Enrolment{c.enrolments[1], e}))
	}
	for field, err := range map[string]error{
		"members":                       household(func(h *registry.Household) { h.Members = 1 << 15 }),
		"expenditure_per_capita_rupiah": household(func(h *registry.Household) { h.Expenditure = 1 << 31 }),
		"":                              household(func(h *registry.Household) { h.RW = "a\x00b" }),
		"since":                         enrolment(func(e *registry.Enrolment) { e.Since = "2025-02-30" }),
		"until":                         enrolment(func(e *registry.Enrolment) { e.Until = "soon" }),
		"status":                        enrolment(func(e *registry.Enrolment) { e.Status = 0 }),
		"persons":                       enrolment(func(e *registry.Enrolment) { e.Persons = 1 << 31 }),
		"asOf":                          s.CreateEdition(t.Context(), registry.Edition{ID: "f", AsOf: "yesterday"}),
	} {
		var e *registry.Error
		if !errors.As(err, &e) || e.Code != registry.CodeBadUserInput || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if got := len(collect(t, s.Households(t.Context(), "e"))); got != 20 {
		t.Errorf("%d households are left", got)
	}
	if got := len(collect(t, s.Enrolments(t.Context(), "e", ""))); got != len(c.enrolments) {
		t.Errorf("%d enrolments are left", got)
	}
}

// TestReadWhileWriting replaces a draft's households by themselves.
func TestReadWhileWriting(t *testing.T) {
	s := openStore(t, freshDatabase(t))
	c := cityContents(52, 200)
	if err := c.put(t.Context(), s, "e"); err != nil {
		t.Fatal(err)
	}
	before := collect(t, s.Households(t.Context(), "e"))
	if err := s.PutHouseholds(t.Context(), "e", &registry.Import{}, s.Households(t.Context(), "e")); err != nil {
		t.Fatal(err)
	}
	after := collect(t, s.Households(t.Context(), "e"))
	if len(after) != len(before) || after[7].ID != before[7].ID {
		t.Errorf("%d households became %d", len(before), len(after))
	}
}

// TestCancelledReaderLeavesTheConnection reads on with the store after a reader has gone.
func TestCancelledReaderLeavesTheConnection(t *testing.T) {
	s := openStore(t, freshDatabase(t))
	ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	_, err := s.pool.Exec(ctx, "SELECT pg_sleep(60)")
	if got := failed(ctx, err); !errors.Is(got, context.DeadlineExceeded) {
		t.Errorf("error %v, want the context's own", got)
	}
	var running int
	err = s.pool.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND state = 'active' AND pid <> pg_backend_pid()").Scan(&running)
	if err != nil || running != 0 {
		t.Errorf("%d statements go on, %v", running, err)
	}
}
