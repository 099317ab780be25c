package schematic

import "math"

// mergeMeters is how near two corners of different cells must be to be one: far above rounding, far below an edge.
const mergeMeters = 1.0

// stepMeters is the longest straight piece of a bent edge.
const stepMeters = 110.0

// network holds the corners of all cells once, so that neighbours run along the same vertices.
type network struct{ corners []vec }

func newNetwork() *network { return &network{} }

// addCell gives the cell as positions in corners, without repeats.
func (n *network) addCell(cell []vec) []int {
	var out []int
	for _, p := range cell {
		c := n.corner(p)
		if len(out) == 0 || c != out[len(out)-1] && c != out[0] {
			out = append(out, c)
		}
	}
	return out
}

func (n *network) corner(p vec) int {
	for i, c := range n.corners {
		if p.minus(c).length() < mergeMeters {
			return i
		}
	}
	n.corners = append(n.corners, p)
	return len(n.corners) - 1
}

// bentEdge is the way from corner a to corner b, without b, bent. Both directions pass the same vertices.
func (n *network) bentEdge(a, b int) []vec {
	from, to := n.corners[min(a, b)], n.corners[max(a, b)]
	way := to.minus(from)
	steps := int(math.Ceil(way.length() / stepMeters))
	out := make([]vec, steps)
	for k := range out {
		at := k
		if a > b {
			at = steps - k
		}
		out[k] = bend(from.along(way, float64(at)/float64(steps)))
	}
	return out
}
