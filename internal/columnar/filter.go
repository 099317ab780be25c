package columnar

import (
	"cmp"
	"slices"

	"kantong/internal/registry"
)

// node is a filter ready to be evaluated block by block: all of its parts must hold. It is immutable.
type node struct {
	areas   bitset      // by kelurahan; nil for all of them
	words   []condition // a few operations a block
	regions []*region
	rows    []condition // work for every row
}

// condition narrows the rows m of a block to those for which it holds.
type condition func(s *scan, b int, m uint64) uint64

// narrow keeps those of the rows m of a block for which the node holds.
func (s *scan) narrow(n *node, b int, m uint64) uint64 {
	if n.areas != nil && !n.areas.has(s.e.blocks[b].kelurahan) {
		return 0
	}
	for _, holds := range n.words {
		if m == 0 {
			return 0
		}
		m = holds(s, b, m)
	}
	for _, r := range n.regions {
		if m == 0 {
			return 0
		}
		m = s.inside(r, b, m)
	}
	for _, holds := range n.rows {
		if m == 0 {
			return 0
		}
		m = holds(s, b, m)
	}
	return m
}

// compiler makes nodes of the filters of one call, which often share a region.
type compiler struct {
	e       *Engine
	regions map[*registry.Spatial]*region
}

// compile checks a filter that was asked and makes it ready.
func (c *compiler) compile(f *registry.Filter) (*node, error) {
	if err := cmp.Or(c.e.d.CheckFilter(f), f.CheckFound()); err != nil {
		return nil, err
	}
	return c.node(f), nil
}

func (c *compiler) node(f *registry.Filter) *node {
	n := &node{}
	c.add(n, f)
	return n
}

// add adds the conditions of f to n. Those of And are as good as its own, so that their areas and regions help to find
// the blocks.
func (c *compiler) add(n *node, f *registry.Filter) {
	if f.Areas != nil {
		n.restrict(c.e.kelurahanIn(f.Areas))
	}
	if f.Where != nil {
		n.regions = append(n.regions, c.region(f.Where))
	}
	c.addSets(n, f)
	if f.InState != nil {
		n.words = append(n.words, c.e.inSet(f.InState.Set))
	}
	c.addNumbers(n, f)
	if f.RT != nil || f.RW != nil {
		n.rows = append(n.rows, c.e.inPlaces(f.RW, f.RT))
	}
	for i := range f.And {
		c.add(n, &f.And[i])
	}
	if f.Or != nil {
		c.addOr(n, f.Or)
	}
	if f.Not != nil {
		not := c.node(f.Not)
		n.rows = append(n.rows, func(s *scan, b int, m uint64) uint64 { return m &^ s.narrow(not, b, m) })
	}
}

func (c *compiler) addOr(n *node, list []registry.Filter) {
	if len(list) == 0 {
		n.restrict(newBitset(len(c.e.codes)))
		return
	}
	any := make([]*node, len(list))
	for i := range list {
		any[i] = c.node(&list[i])
	}
	n.rows = append(n.rows, func(s *scan, b int, m uint64) (kept uint64) {
		for _, alternative := range any {
			kept |= s.narrow(alternative, b, m&^kept)
		}
		return kept
	})
}

// restrict intersects the node's areas. It keeps the set that it is given.
func (n *node) restrict(areas bitset) {
	if n.areas != nil {
		areas.intersect(n.areas)
	}
	n.areas = areas
}

func (c *compiler) region(s *registry.Spatial) *region {
	r := c.regions[s]
	if r == nil {
		r = newRegion(s)
		if c.regions == nil {
			c.regions = map[*registry.Spatial]*region{}
		}
		c.regions[s] = r
	}
	return r
}

// kelurahanIn gives the kelurahan in any of the areas; an area that is not there holds none.
func (e *Engine) kelurahanIn(areas []registry.AreaCode) bitset {
	set := newBitset(len(e.codes))
	for _, code := range distinct(areas) {
		k, _ := slices.BinarySearch(e.codes, code)
		for ; k < len(e.codes) && e.codes[k].Within(code); k++ {
			set.set(k)
		}
	}
	return set
}
