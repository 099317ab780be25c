package geo

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/paulmach/orb"
)

type jtsFile struct {
	File  string
	Cases []struct {
		Desc, A, B string
		Ops        []struct{ Op, Arg1, Arg2, Arg3, Expected string }
	}
}

func readJTS(t *testing.T) []jtsFile {
	t.Helper()
	data, err := os.ReadFile("../../../shared/truth/geometry/jts_cases.json")
	if err != nil {
		t.Skip("the JTS cases are not beside this checkout:", err)
	}
	var cases struct{ Files []jtsFile }
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	return cases.Files
}

func TestJTSValidity(t *testing.T) {
	ran := 0
	for _, file := range readJTS(t) {
		for _, c := range file.Cases {
			for _, op := range c.Ops {
				if op.Op != "isValid" {
					continue
				}
				g, ok := parseWKT(c.A)
				if !ok {
					continue
				}
				ran++
				fault := Validate(g)
				if (fault == nil) != (op.Expected == "true") {
					t.Errorf("%s, %s: fault %v, want valid %s\n%s", file.File, c.Desc, fault, op.Expected, c.A)
				}
				out, _ := Rewind(g)
				if (Validate(out) == nil) != (fault == nil) {
					t.Errorf("%s, %s: turning the rings changes validity\n%s", file.File, c.Desc, c.A)
				}
			}
		}
	}
	t.Logf("%d cases ran", ran)
	if ran < 800 {
		t.Errorf("only %d of 839 cases ran", ran)
	}
}

// TestJTSPredicates runs every predicate between an area and points. Such a pair's
// DE-9IM matrix depends only on whether some point is inside, on the edge, outside,
// which Covers and the edges answer.
func TestJTSPredicates(t *testing.T) {
	ran := map[string]int{}
	for _, file := range readJTS(t) {
		for _, c := range file.Cases {
			a, okA := parseWKT(c.A)
			b, okB := parseWKT(c.B)
			if !okA || !okB {
				continue
			}
			for _, op := range c.Ops {
				first, second := a, b
				if op.Arg1 == "B" {
					first, second = b, a
				}
				got, ok := predicate(op.Op, op.Arg3, first, second)
				if !ok {
					continue
				}
				ran[op.Op]++
				if got != (op.Expected == "true") {
					t.Errorf("%s, %s: %s %s is %t, want %s\n%s\n%s", file.File, c.Desc, op.Op, op.Arg3, got, op.Expected, c.A, c.B)
				}
			}
		}
	}
	total := 0
	for _, n := range ran {
		total += n
	}
	t.Logf("%d predicates ran: %v", total, ran)
	if total < 500 {
		t.Errorf("only %d predicates ran: %v", total, ran)
	}
}

// predicate evaluates an operation between an area and points, in either order; ok is
// false for other operands and operations.
func predicate(op, pattern string, a, b orb.Geometry) (result, ok bool) {
	area, points, ok := areaAndPoints(a, b)
	swapped := !ok
	if swapped {
		if area, points, ok = areaAndPoints(b, a); !ok {
			return false, false
		}
	}
	prepared := Prepare(area)
	var inside, onEdge, outside bool
	for _, p := range points {
		on := onBoundary(area, p)
		onEdge = onEdge || on
		inside = inside || (!on && Covers(area, p))
		outside = outside || !prepared.Covers(p)
	}
	switch op {
	case "intersects":
		return inside || onEdge, true
	case "disjoint":
		return !inside && !onEdge, true
	case "touches":
		return onEdge && !inside, true
	case "crosses":
		return inside && outside, true
	case "equalsTopo", "overlaps":
		return false, true
	case "covers":
		return !swapped && !outside, true
	case "coveredBy":
		return swapped && !outside, true
	case "contains":
		return !swapped && inside && !outside, true
	case "within":
		return swapped && inside && !outside, true
	case "relate":
		cell := func(any bool) byte {
			if any {
				return '0'
			}
			return 'F'
		}
		matrix := []byte{cell(inside), 'F', '2', cell(onEdge), 'F', '1', cell(outside), 'F', '2'}
		if swapped {
			matrix[1], matrix[3] = matrix[3], matrix[1]
			matrix[2], matrix[6] = matrix[6], matrix[2]
			matrix[5], matrix[7] = matrix[7], matrix[5]
		}
		return matchesPattern(string(matrix), pattern), true
	}
	return false, false
}

func matchesPattern(matrix, pattern string) bool {
	for i, want := range pattern {
		got := rune(matrix[i])
		switch {
		case want == '*', want == got, want == 'T' && got != 'F':
		default:
			return false
		}
	}
	return true
}

func areaAndPoints(a, b orb.Geometry) (orb.Geometry, []orb.Point, bool) {
	switch a.(type) {
	case orb.Polygon, orb.MultiPolygon:
	default:
		return nil, nil, false
	}
	switch b := b.(type) {
	case orb.Point:
		return a, []orb.Point{b}, true
	case orb.MultiPoint:
		return a, b, len(b) > 0
	}
	return nil, nil, false
}

func onBoundary(area orb.Geometry, p orb.Point) bool {
	found := false
	eachRing(area, func(ring orb.Ring) {
		eachEdge(ring, func(e edge) {
			_, on := edgeAgainst(e, p)
			found = found || on
		})
	})
	return found
}
