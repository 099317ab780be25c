package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"
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

	// The tables of the state, and of its edition's households in full.
	households, enrolments, attributes fragment

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
	s.add("SELECT e.household_table, r.state_table, EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')",
		" FROM kantong.edition e JOIN kantong.release r ON r.edition = e.id WHERE e.household_table IS NOT NULL AND r.state_table IS NOT NULL",
		" AND e.id = ", s.bind(e.d.State.Edition.ID, "text"), " AND r.id = ", s.bind(e.d.State.Release.ID, "text"))
	err := e.query(ctx, s, func(r *reader) {
		e.attributes = fragment(householdTable(int(r.int())))
		table := int(r.int())
		e.households, e.enrolments = fragment(stateTable(table)), fragment(enrolmentTable(table))
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

// run sends a batch in one round trip.
func (e *Engine) run(ctx context.Context, b *batch) error {
	if err := ctx.Err(); err != nil || len(b.statements) == 0 {
		return err
	}
	queue := &pgx.Batch{}
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
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		return failed(ctx, err)
	}
	defer conn.Release()
	if err := planForValues(ctx, conn.Conn()); err != nil {
		return failed(ctx, err)
	}
	return failed(ctx, conn.SendBatch(ctx, queue).Close())
}

// planForValues has a connection plan statements for the values that they run with, once and for all: in a plan for any
// values a polygon would be parsed again for every row, and a box be guessed at.
func planForValues(ctx context.Context, conn *pgx.Conn) error {
	const done = "kantong plans for values"
	if conn.PgConn().CustomData()[done] != nil {
		return nil
	}
	_, err := conn.Exec(ctx, "SET plan_cache_mode = force_custom_plan")
	if err == nil {
		conn.PgConn().CustomData()[done] = true
	}
	return err
}
