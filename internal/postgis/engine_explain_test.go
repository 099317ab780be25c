package postgis

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"kantong/internal/registry"
)

// TestEveryStatementUsesItsIndex looks at the plan of each kind of statement on many rows.
func TestEveryStatementUsesItsIndex(t *testing.T) {
	pool := engineDatabase(t)
	households, kelurahan := bigSize()
	c := newBigCity(t, pool, households, kelurahan)
	p := c.probes()[0]
	one, few, kecamatan := c.records[0].Area, []registry.AreaCode{}, c.records[0].Area.Parent()
	for _, i := range c.d.Areas.Level(registry.LevelKelurahan)[:20] {
		few = append(few, c.d.Areas.Area(i).Code)
	}
	disc := registry.Filter{Where: &registry.Spatial{Near: &registry.Near{Point: registry.Position{Longitude: p.at[0], Latitude: p.at[1]}, RadiusMeters: 300}}}
	across := registry.Filter{Where: &registry.Spatial{BBox: &registry.BBox{West: p.box.Where.BBox.West, South: p.box.Where.BBox.South, East: -170, North: p.box.Where.BBox.North}}}
	across.Where.BBox.West = 179
	of := func(codes ...registry.AreaCode) registry.Filter { return registry.Filter{Areas: codes} }
	key := &registry.RowKey{ID: c.records[0].ID}
	ids := [][16]byte{c.records[0].ID, c.records[1].ID}
	const geom, id, area = "geom_idx", "pkey", "area_code_id_idx"
	for _, q := range []struct {
		name      string
		statement *statement
		index     string
		inOrder   bool // without a sort
	}{
		{"rows by id", c.byID(registry.RowsQuery{First: 100}), id, true},
		{"rows by id, a further page", c.byID(registry.RowsQuery{First: 100, After: key}), id, true},
		{"rows in a box", c.byID(registry.RowsQuery{Filter: p.box, First: 100}), geom, false},
		{"rows in a box across the antimeridian", c.byID(registry.RowsQuery{Filter: across, First: 100}), geom, false},
		{"rows in a disc", c.byID(registry.RowsQuery{Filter: disc, First: 100}), geom, false},
		{"rows of kelurahan", c.byID(registry.RowsQuery{Parents: few, First: 20}), area, false},
		{"rows of kelurahan, a further page", c.byID(registry.RowsQuery{Parents: few, First: 20, After: key}), area, false},
		{"rows of a kecamatan", c.byID(registry.RowsQuery{Parents: []registry.AreaCode{kecamatan}, First: 20}), id, false},
		{"totals of kelurahan", c.totals(registry.RowsQuery{Parents: few}), area, false},
		{"nearest rows", c.nearestRows(registry.RowsQuery{Near: &p.at, First: 20}), geom, true},
		{"nearest rows, a further page", c.nearestRows(registry.RowsQuery{Near: &p.at, First: 20, After: &registry.RowKey{Order: 50_000}}), geom, true},
		{"nearest rows of kelurahan", c.nearestRows(registry.RowsQuery{Near: &p.at, First: 20, Parents: few}), area, false},
		{"summary of a kelurahan", c.summaryOf(registry.SummaryQuery{Filter: of(one)}), area, false},
		{"summary of a kecamatan", c.summaryOf(registry.SummaryQuery{Filter: of(kecamatan), Measures: registry.MeasureAll}), area, false},
		{"summary of a few areas", c.summaryOf(registry.SummaryQuery{Filter: of(append(few[:3:3], c.d.Areas.Area(2).Code)...)}), area, false},
		{"summary of a polygon", c.summaryOf(registry.SummaryQuery{Filter: p.polygon, Measures: registry.MeasureAll}), geom, false},
		{"hexagons of a polygon", c.summaryOf(registry.SummaryQuery{Filter: p.polygon, By: []registry.Dimension{{Kind: registry.ByHex, EdgeMeters: 200}}}), geom, false},
		{"benefits in a box", c.benefitsOf(registry.SummaryQuery{Filter: p.box, Measures: registry.MeasureBenefits}), id, false},
		{"points in a box", c.places(&registry.PointsQuery{Filter: p.box}), geom, false},
		{"details", first(func(b *batch) { c.addRowsOf(b, ids, nil) }), id, false},
		{"enrolments", first(func(b *batch) { c.addEnrolmentsOf(b, ids, nil) }), id, false},
		{"attributes", first(func(b *batch) { c.addAttributesOf(b, ids, nil) }), id, false},
	} {
		t.Run(q.name, func(t *testing.T) {
			nodes := explain(t, c.Engine, q.statement)
			uses := func(n planNode) bool { return strings.HasSuffix(n.Index, q.index) }
			if !slices.ContainsFunc(nodes, uses) || slices.ContainsFunc(nodes, func(n planNode) bool { return n.Type == "Seq Scan" }) {
				t.Errorf("want the index …%s and no scan of the table, got %+v", q.index, nodes)
			}
			if q.inOrder && slices.ContainsFunc(nodes, func(n planNode) bool { return strings.Contains(n.Type, "Sort") }) {
				t.Errorf("want the order of the index and no sort, got %+v", nodes)
			}
		})
	}
}

// TestWholeStateIsOnePass wants one scan for all measures of everybody.
func TestWholeStateIsOnePass(t *testing.T) {
	pool := engineDatabase(t)
	c := newBigCity(t, pool, 5_000, 20)
	by := []registry.Dimension{{Kind: registry.ByArea, Level: registry.LevelKecamatan}}
	scans := 0
	for _, n := range explain(t, c.Engine, c.summaryOf(registry.SummaryQuery{By: by, Measures: registry.MeasureAll})) {
		if n.Type == "Seq Scan" {
			scans++
		}
	}
	if scans != 1 {
		t.Errorf("%d scans, want 1", scans)
	}
}

// first gives the first statement that is added to a batch.
func first(add func(*batch)) *statement {
	b := &batch{}
	add(b)
	return b.statements[0]
}

func (c *bigCity) byID(q registry.RowsQuery) *statement {
	return first(func(b *batch) { c.addByID(b, &q, make([]registry.RowsPage, 1)) })
}

func (c *bigCity) totals(q registry.RowsQuery) *statement {
	return first(func(b *batch) { c.addTotals(b, &q, make([]registry.RowsPage, 1)) })
}

func (c *bigCity) nearestRows(q registry.RowsQuery) *statement {
	open := make([]int, max(1, len(q.Parents)))
	for i := range open {
		open[i] = i
	}
	o := c.orderFrom(*q.Near)
	return first(func(b *batch) { c.addNearest(b, &q, o, open, o.candidates(q.First), nil) })
}

func (c *bigCity) summaryOf(q registry.SummaryQuery) *statement {
	s, err := c.newSummary(&q)
	if err != nil {
		panic(err) // the questions are made here
	}
	return first(s.addTo)
}

func (c *bigCity) benefitsOf(q registry.SummaryQuery) *statement {
	s, err := c.newSummary(&q)
	if err != nil {
		panic(err) // the questions are made here
	}
	return first(s.addBenefits)
}

// planNode is a step of a plan.
type planNode struct {
	Type  string `json:"Node Type"`
	Index string `json:"Index Name"`
	Plans []planNode
}

// explain gives all steps of a statement's plan.
func explain(t *testing.T, e *Engine, s *statement) (nodes []planNode) {
	t.Helper()
	var text []byte
	if err := e.pool.QueryRow(t.Context(), "EXPLAIN (FORMAT JSON) "+string(s.text), s.args...).Scan(&text); err != nil {
		t.Fatalf("%v: %s", err, s.text)
	}
	var plans []struct{ Plan planNode }
	if err := json.Unmarshal(text, &plans); err != nil {
		t.Fatal(err)
	}
	var walk func(n planNode)
	walk = func(n planNode) {
		nodes = append(nodes, planNode{Type: n.Type, Index: n.Index})
		for _, child := range n.Plans {
			walk(child)
		}
	}
	walk(plans[0].Plan)
	return nodes
}
