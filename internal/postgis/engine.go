package postgis

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"kantong/internal/registry"
)

// Engine answers questions about the households of one published state with SQL. Each call of the contract is one round
// trip; only nearest-first pages may need further ones. It reads the state's partition of kantong.household_state, where a
// household is one narrow row with its programmes and deprivations as bits, and for Details those of kantong.enrolment and
// kantong.household. Partitions are named in the statements: found by their state, each row's state would be compared.
type Engine struct {
	pool  *pgxpool.Pool
	d     *registry.Dataset
	state string // its name

	households, enrolments fragment // the tables of the state

	masks     []int64        // by position in Dataset.Programs: its bit in household_state.enrolled
	positions map[uint64]int // the same the other way round
	extent    extent

	// distributed: the tables lie on the nodes of a Citus cluster.
	distributed bool
}

// NewEngine makes an engine of a dataset whose state is published in the database. NOT_FOUND when it is not there.
func NewEngine(ctx context.Context, pool *pgxpool.Pool, d *registry.Dataset) (*Engine, error) {
	e := &Engine{pool: pool, d: d, state: d.State.ID(), positions: map[uint64]int{}}
	for _, read := range []func(context.Context) error{e.readTables, e.readPrograms, e.readExtent} {
		if err := read(ctx); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// Engine makes an engine of a dataset whose state is published in the store.
func (s *Store) Engine(ctx context.Context, d *registry.Dataset) (*Engine, error) {
	return NewEngine(ctx, s.pool, d)
}

// readTables learns which tables the state is in.
func (e *Engine) readTables(ctx context.Context) error {
	s := &statement{}
	s.add("SELECT r.state_table, EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') FROM kantong.release r WHERE r.state_table IS NOT NULL AND r.edition = ",
		s.bind(e.d.State.Edition.ID, "text"), " AND r.id = ", s.bind(e.d.State.Release.ID, "text"))
	err := e.query(ctx, s, func(r *reader) {
		table := number(r.int())
		e.households, e.enrolments = "kantong.household_state_"+table, "kantong.enrolment_"+table
		e.distributed = r.bool()
	})
	if err == nil && e.households == "" {
		err = registry.NotFound("edition", "the database has no published state %s", e.state)
	}
	return err
}

// readPrograms learns the bits of the programmes, which stay when others come and go.
func (e *Engine) readPrograms(ctx context.Context) error {
	s := &statement{}
	s.add("SELECT p.code, p.bit FROM kantong.program p WHERE p.edition = ", s.bind(e.d.State.Edition.ID, "text"))
	bits := map[string]int64{}
	err := e.query(ctx, s, func(r *reader) { bits[r.text()] = r.int() })
	if err != nil {
		return err
	}
	for i, p := range e.d.Programs {
		bit, ok := bits[p.Code]
		if !ok {
			return registry.NotFound("edition", "the database has no programme %s in edition %s", p.Code, e.d.State.Edition.ID)
		}
		e.masks = append(e.masks, int64(uint64(1)<<bit))
		e.positions[uint64(1)<<bit] = i
	}
	return nil
}

// programMask is the set of programmes as household_state.enrolled has it.
func (e *Engine) programMask(codes []string) (mask int64) {
	for _, code := range codes {
		if p, ok := e.d.Program(code); ok {
			mask |= e.masks[p]
		}
	}
	return mask
}

// query runs one statement and has every row read.
func (e *Engine) query(ctx context.Context, s *statement, read func(*reader)) error {
	b := &batch{}
	b.add(s, read)
	return e.run(ctx, b)
}

// batch is statements that go to the database together, and what reads each one's rows.
type batch struct {
	statements []*statement
	read       []func(*reader)
}

func (b *batch) add(s *statement, read func(*reader)) {
	b.statements = append(b.statements, s)
	b.read = append(b.read, read)
}

// settings hold for one batch. Statements are planned for the values that they run with: in a plan for any values a
// polygon would be parsed for every row. The database gives up when ctx's deadline has passed.
const (
	settings      = "SELECT set_config('plan_cache_mode', 'force_custom_plan', true)"
	settingsUntil = settings + ", set_config('statement_timeout', $1, true)"
)

// run sends a batch in one round trip.
func (e *Engine) run(ctx context.Context, b *batch) error {
	if err := ctx.Err(); err != nil || len(b.statements) == 0 {
		return err
	}
	queue := &pgx.Batch{}
	if deadline, ok := ctx.Deadline(); ok {
		queue.Queue(settingsUntil, strconv.FormatInt(max(1, time.Until(deadline).Milliseconds()), 10))
	} else {
		queue.Queue(settings)
	}
	for i, s := range b.statements {
		queue.Queue(string(s.text), s.args...).Query(func(rows pgx.Rows) error {
			var r reader
			for rows.Next() {
				r.values, r.next = rows.RawValues(), 0
				b.read[i](&r)
			}
			return rows.Err()
		})
	}
	return queryError(ctx, e.pool.SendBatch(ctx, queue).Close())
}

// queryError gives ctx's own error where that is the reason.
func queryError(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var refused *pgconn.PgError
	if _, timed := ctx.Deadline(); timed && errors.As(err, &refused) && refused.Code == stateQueryCanceled {
		return context.DeadlineExceeded
	}
	return translate(err)
}
