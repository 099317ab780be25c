package disclosure

import (
	"context"
	"math"
	"slices"

	"kantong/internal/registry"
)

// Report says what a policy costs the users of one state's figures, so that an agency can choose it. It is for the
// agency alone: how far figures were moved is a part of their protection.
type Report struct {
	State  string `json:"state"`
	Policy Policy `json:"-"`
	// MedianKelurahan is how many families a kelurahan of the median size has, to two digits; 0 where there is none.
	MedianKelurahan int       `json:"medianKelurahanFamilies"`
	Tables          []Utility `json:"tables"` // by role, then from the largest level down
}

// Utility compares one table as a role is shown it with the exact one. Categories that nobody in the state is in, and cells
// that their own definition leaves empty, are not part of it. Errors are of the figures that show, relative ones of those that
// are not truly zero. What fewer than three figures would have to tell is null.
type Utility struct {
	Role       string  `json:"role"`
	Level      string  `json:"level"` // as the API spells it, or BLOCK
	Table      string  `json:"table"`
	Unit       string  `json:"unit"` // of MeanAbsoluteError: families, people, or percentage points
	Places     int     `json:"places"`
	Figures    int     `json:"figures"`
	Suppressed float64 `json:"suppressedShare"` // 0 to 1, as all shares here

	MeanAbsoluteError        *float64 `json:"meanAbsoluteError"`
	MedianRelativeError      *float64 `json:"medianRelativeError"`
	NinetiethRelativeError   *float64 `json:"ninetiethPercentileRelativeError"`
	MeanRelativeError        *float64 `json:"meanRelativeError"`
	SpearmanRankCorrelation  *float64 `json:"spearmanRankCorrelation"` // across places, the mean of the categories that have one
	CategoriesWithRankOrders int      `json:"categoriesWithRankOrders"`
}

// Names in a Report.
const (
	LevelBlock    = "BLOCK"
	TableFamilies = "families"
)

// MinBase is how many families a place has of which anything is said.
const MinBase = minBase

// Find gives one table; nil when the report has none.
func (r *Report) Find(role registry.Role, level, table string) *Utility {
	i := slices.IndexFunc(r.Tables, func(u Utility) bool { return u.Role == role.String() && u.Level == level && u.Table == table })
	if i < 0 {
		return nil
	}
	return &r.Tables[i]
}

// reportedBlocks bounds how many blocks a report looks at: of more it takes every second, every third …
const reportedBlocks = 20_000

// chunkNodes is how many nodes are counted at a time.
const chunkNodes = 64

// reporter asks what a report compares. The exact figures stay in it.
type reporter struct {
	guards         []*Guard // one a role; the last may ask for most
	progress       func(done, total int64)
	counted, total int64
	report         *Report
}

// Report compares the figures of an edition or state, named as for View, as PUBLIC and PARTNER are shown them with the
// exact ones. progress is told how many places are counted of all. No budget is spent.
func (m Moment) Report(ctx context.Context, edition string, progress func(done, total int64)) (*Report, error) {
	view, err := m.View(ctx, registry.Viewer{Role: registry.RolePartner}, edition)
	if err != nil {
		return nil, err
	}
	return view.Engine.(*Guard).report(ctx, m.gate.rules.Policy, progress)
}

// report compares what guards like this one show, of each role that gets protected figures, with what its engine tells.
func (g *Guard) report(ctx context.Context, policy Policy, progress func(done, total int64)) (*Report, error) {
	r := reporter{progress: progress, report: &Report{State: g.data.State.ID(), Policy: policy, MedianKelurahan: medianKelurahan(g.frame)}}
	for _, role := range []registry.Role{registry.RolePublic, registry.RolePartner} {
		r.guards = append(r.guards, &Guard{engine: g.engine, data: g.data, others: g.others, frame: g.frame, noise: g.noise, role: role, floor: policy.floor(role), kept: &kept{}})
	}
	inquiries, places := g.inquiries(), placesIn(g.frame)
	for i := range places {
		for k := range inquiries {
			if r.asks(&inquiries[k], &places[i]) {
				r.total += int64(len(places[i].nodes))
			}
		}
	}
	progress(0, r.total)
	for i := range places {
		for k := range inquiries {
			if err := r.compare(ctx, &inquiries[k], &places[i]); err != nil {
				return nil, err
			}
		}
	}
	slices.SortStableFunc(r.report.Tables, func(a, b Utility) int { return r.position(a.Role) - r.position(b.Role) })
	return r.report, nil
}

// position is a role's place in the order of the report.
func (r *reporter) position(role string) int {
	return slices.IndexFunc(r.guards, func(g *Guard) bool { return g.role.String() == role })
}

// placesOf is a level with its nodes.
type placesOf struct {
	level  registry.AreaLevel
	blocks bool
	nodes  []int
}

func (p *placesOf) name() string {
	if p.blocks {
		return LevelBlock
	}
	return p.level.String()
}

// placesIn lists the levels that have areas, then the blocks.
func placesIn(f *frame) (list []placesOf) {
	byLevel := map[registry.AreaLevel][]int{}
	var blocks []int
	for i := range f.nodes {
		n := &f.nodes[i]
		if n.leaf && n.households > 0 {
			blocks = append(blocks, i)
		}
		if n.area != "" && !n.block {
			byLevel[n.level] = append(byLevel[n.level], i)
		}
	}
	for level := registry.LevelProvinsi; level <= registry.LevelKelurahan; level++ {
		if nodes := byLevel[level]; nodes != nil {
			list = append(list, placesOf{level: level, nodes: nodes})
		}
	}
	every := (len(blocks) + reportedBlocks - 1) / reportedBlocks
	var chosen []int
	for i := 0; i < len(blocks); i += every {
		chosen = append(chosen, blocks[i])
	}
	if chosen != nil {
		list = append(list, placesOf{level: registry.LevelKelurahan, blocks: true, nodes: chosen})
	}
	return list
}

// medianKelurahan rounds to two digits: the report is of errors, not of figures.
func medianKelurahan(f *frame) int {
	var sizes []float64
	for _, n := range f.nodes {
		if n.level == registry.LevelKelurahan && !n.block && n.households > 0 {
			sizes = append(sizes, float64(n.households))
		}
	}
	middle := quantile(sizes, 0.5)
	if middle == nil {
		return 0
	}
	step := math.Pow(10, max(0, math.Floor(math.Log10(*middle))-1))
	return int(math.Round(*middle/step) * step)
}

// may tells whether a role's guard answers so many attributes at these places.
func may(role registry.Role, attributeCount int, at *placesOf) bool {
	if at.blocks && role != registry.RolePartner {
		return false
	}
	return attributeCount <= attributes(role, at.level, at.blocks)
}
