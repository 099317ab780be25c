package geo

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// parseWKT reads the well-known text of the JTS cases, parts that are EMPTY included;
// ok is false for what orb can't hold (an empty point, a line with heights).
func parseWKT(text string) (g orb.Geometry, ok bool) {
	defer func() {
		if recover() != nil {
			g, ok = nil, false
		}
	}()
	w := &wktReader{fields: strings.Fields(wktSpacer.Replace(strings.ToUpper(text)))}
	g = w.geometry()
	return g, len(w.fields) == 0
}

var wktSpacer = strings.NewReplacer("(", " ( ", ")", " ) ", ",", " , ")

type wktReader struct{ fields []string }

func (w *wktReader) take() string {
	f := w.fields[0]
	w.fields = w.fields[1:]
	return f
}

// list reads "EMPTY" or "( element , … )".
func (w *wktReader) list(element func()) {
	switch open := w.take(); open {
	case "EMPTY":
		return
	case "(":
	default:
		panic(fmt.Sprintf("unexpected %q", open))
	}
	for {
		element()
		if w.take() == ")" {
			return
		}
	}
}

func (w *wktReader) position() orb.Point {
	var p orb.Point
	for i := range p {
		v, err := strconv.ParseFloat(w.take(), 64)
		if err != nil {
			panic(err)
		}
		p[i] = v
	}
	return p
}

func (w *wktReader) run() (run []orb.Point) {
	w.list(func() { run = append(run, w.position()) })
	return run
}

func (w *wktReader) polygon() (polygon orb.Polygon) {
	w.list(func() { polygon = append(polygon, w.run()) })
	return polygon
}

func (w *wktReader) geometry() orb.Geometry {
	switch kind := w.take(); kind {
	case "POINT":
		return orb.Point(w.run()[0])
	case "LINESTRING":
		return orb.LineString(w.run())
	case "LINEARRING":
		return orb.Ring(w.run())
	case "POLYGON":
		return w.polygon()
	case "MULTIPOINT":
		var points orb.MultiPoint
		w.list(func() {
			if w.fields[0] != "(" && w.fields[0] != "EMPTY" {
				points = append(points, w.position())
				return
			}
			points = append(points, w.run()...)
		})
		return points
	case "MULTILINESTRING":
		var lines orb.MultiLineString
		w.list(func() { lines = append(lines, w.run()) })
		return lines
	case "MULTIPOLYGON":
		var polygons orb.MultiPolygon
		w.list(func() { polygons = append(polygons, w.polygon()) })
		return polygons
	case "GEOMETRYCOLLECTION":
		var parts orb.Collection
		w.list(func() { parts = append(parts, w.geometry()) })
		return parts
	default:
		panic("unknown " + kind)
	}
}
