package pockets

// clusters is what becomes of the places of a grid.
type clusters struct {
	*grid
	reach     reach
	minWeight int64
	watch     *watch
	near      []stretch // the cells around the one at hand

	core    []bool  // of a place
	hasCore []bool  // of a cell
	home    []int32 // of a place: a cell whose cores have it in their pocket, or none
	joins   []int32 // of a cell: an earlier one in the same pocket, or itself
}

// none is the home of a place that is in no pocket.
const none = -1

func (c *clusters) run() error {
	c.core = make([]bool, len(c.places))
	c.hasCore = make([]bool, len(c.cells)-1)
	c.home = make([]int32, len(c.places))
	c.joins = make([]int32, len(c.cells)-1)
	for i := range c.joins {
		c.joins[i] = int32(i)
	}
	c.watch.total = 2*len(c.joins) + 1
	if err := c.eachCell(c.findCores); err != nil {
		return err
	}
	return c.eachCell(func(cell int) {
		c.near = c.around(cell, c.near[:0])
		c.join(cell)
		c.settle(cell)
	})
}

// eachCell goes through the cells until the watch stops it.
func (c *clusters) eachCell(do func(cell int)) error {
	for i := range c.joins {
		do(i)
		if c.watch.cellDone(); c.watch.stopped != nil {
			return c.watch.stopped
		}
	}
	return nil
}

// findCores marks the core places of a cell. All its places are neighbours of each other.
func (c *clusters) findCores(cell int) {
	first, end := c.placesOf(cell, cell+1)
	var weight int64
	for i := first; i < end; i++ {
		weight += c.places[i].weight
	}
	enough := weight >= c.minWeight
	if !enough {
		c.near = c.around(cell, c.near[:0])
	}
	for i := first; i < end && c.watch.stopped == nil; i++ {
		c.core[i] = enough || c.weighsEnough(i)
		c.hasCore[cell] = c.hasCore[cell] || c.core[i]
	}
}

// weighsEnough tells whether the neighbours of a place weigh the minimum. It counts no further than that.
func (c *clusters) weighsEnough(i int) bool {
	at, weight := &c.places[i], int64(0)
	for _, s := range c.near {
		first, end := c.placesOf(s.from, s.to)
		c.watch.compared(end - first)
		places := c.places[first:end]
		for k := range places {
			other := &places[k]
			// Most are too far away, which costs no call.
			if squaredLine(&at.unit, &other.unit) <= c.reach.never && c.reach.within(at, other) {
				if weight += other.weight; weight >= c.minWeight {
					return true
				}
			}
		}
	}
	return false
}

// join joins a cell with those after it that have a core near one of its own.
func (c *clusters) join(cell int) {
	if !c.hasCore[cell] {
		return
	}
	for _, s := range c.near {
		for other := max(s.from, cell+1); other < s.to; other++ {
			if !c.hasCore[other] {
				continue
			}
			a, b := c.firstCell(int32(cell)), c.firstCell(int32(other))
			if a != b && c.touch(cell, other) {
				c.joins[max(a, b)] = min(a, b)
			}
		}
	}
}

// firstCell is the first cell of the pocket that a cell is known to be in.
func (c *clusters) firstCell(cell int32) int32 {
	for c.joins[cell] != cell {
		c.joins[cell] = c.joins[c.joins[cell]]
		cell = c.joins[cell]
	}
	return cell
}

// settle gives the places of a cell their home: cores their own cell, others the cell of the nearest core.
func (c *clusters) settle(cell int) {
	first, end := c.placesOf(cell, cell+1)
	for i := first; i < end && c.watch.stopped == nil; i++ {
		if c.core[i] {
			c.home[i] = int32(cell)
		} else {
			c.home[i] = c.nearestHome(i)
		}
	}
}

// nearestHome is the cell of the core nearest to a place that is none. Of cores at one place, the smallest id counts.
func (c *clusters) nearestHome(i int) int32 {
	home, leastDistance, leastPoint := int32(none), int64(0), int32(0)
	for _, s := range c.near {
		for cell := s.from; cell < s.to; cell++ {
			if !c.hasCore[cell] {
				continue
			}
			first, end := c.placesOf(cell, cell+1)
			c.watch.compared(end - first)
			for k := first; k < end; k++ {
				if !c.core[k] || !c.reach.within(&c.places[i], &c.places[k]) {
					continue
				}
				distance, point := millimeters(&c.places[i], &c.places[k]), c.membersOf(k)[0]
				if home == none || distance < leastDistance || distance == leastDistance && c.compareIDs(point, leastPoint) < 0 {
					home, leastDistance, leastPoint = int32(cell), distance, point
				}
			}
		}
	}
	return home
}
