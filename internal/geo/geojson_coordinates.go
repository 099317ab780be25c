package geo

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/paulmach/orb"
)

// coordinateReader reads a coordinates member, JSON already known to be well formed.
type coordinateReader struct {
	text string
	at   int

	openRings bool // rings need not be closed
	heights   bool // a position had more than two numbers
}

// coordinateParsers read the coordinates of a geometry type.
var coordinateParsers = map[string]func(*coordinateReader) (orb.Geometry, error){
	"Point": func(c *coordinateReader) (orb.Geometry, error) {
		p, err := c.position("")
		return p.Point, err
	},
	"MultiPoint": func(c *coordinateReader) (orb.Geometry, error) {
		run, err := c.run("")
		return orb.MultiPoint(run.points), err
	},
	"LineString": func(c *coordinateReader) (orb.Geometry, error) { return c.line("", true) },
	"MultiLineString": func(c *coordinateReader) (orb.Geometry, error) {
		lines := orb.MultiLineString{}
		err := c.each("", "line", func(path string) error {
			line, err := c.line(path, false)
			lines = append(lines, line)
			return err
		})
		return lines, err
	},
	"Polygon": func(c *coordinateReader) (orb.Geometry, error) { return c.polygon("") },
	"MultiPolygon": func(c *coordinateReader) (orb.Geometry, error) {
		polygons := orb.MultiPolygon{}
		err := c.each("", "polygon", func(path string) error {
			polygon, err := c.polygon(path)
			if err == nil && len(polygon) == 0 {
				err = fmt.Errorf("%s has no rings", path)
			}
			polygons = append(polygons, polygon)
			return err
		})
		return polygons, err
	},
}

func (c *coordinateReader) polygon(path string) (orb.Polygon, error) {
	polygon := orb.Polygon{}
	err := c.each(path, "ring", func(path string) error {
		ring, err := c.ring(path)
		polygon = append(polygon, ring)
		return err
	})
	return polygon, err
}

func (c *coordinateReader) ring(path string) (orb.Ring, error) {
	run, err := c.run(path)
	if err != nil {
		return nil, err
	}
	ring := orb.Ring(run.points)
	if c.openRings {
		return ring, nil
	}
	if len(ring) == 0 {
		return nil, fmt.Errorf("%s has no positions", path)
	}
	if fault := validateRingShape(ring, path); fault != nil {
		return nil, fault
	}
	if run.first != run.last { // equal on the map, but not in height
		last := len(ring) - 1
		return nil, &Fault{ringNotClosed, ring[last], positionPath(path, last)}
	}
	return ring, nil
}

func (c *coordinateReader) line(path string, mayBeEmpty bool) (orb.LineString, error) {
	run, err := c.run(path)
	switch {
	case err != nil:
		return nil, err
	case len(run.points) == 1:
		return nil, &Fault{"a line needs at least two positions", run.points[0], positionPath(path, 0)}
	case len(run.points) == 0 && !mayBeEmpty:
		return nil, fmt.Errorf("%s has no positions", path)
	}
	return run.points, nil
}

// position is a position as written: count numbers, the third kept to compare ends.
type position struct {
	orb.Point
	height float64
	count  int
}

type run struct {
	points      []orb.Point
	first, last position
}

func (c *coordinateReader) run(path string) (run, error) {
	r := run{points: []orb.Point{}}
	err := c.array(path, func(i int) error {
		p, err := c.position(positionPath(path, i))
		if i == 0 {
			r.first = p
		}
		r.last = p
		r.points = append(r.points, p.Point)
		return err
	})
	return r, err
}

func (c *coordinateReader) position(path string) (p position, err error) {
	err = c.array(path, func(i int) error {
		v, err := c.number(path)
		switch i {
		case 0, 1:
			p.Point[i] = v
		case 2:
			p.height = v
		}
		p.count++
		return err
	})
	c.heights = c.heights || p.count > 2
	if err == nil && p.count < 2 {
		err = errors.New(placed(path, "a position needs at least two numbers, longitude and latitude"))
	}
	return p, err
}

// each reads an array whose elements are a kind of part.
func (c *coordinateReader) each(path, kind string, element func(path string) error) error {
	return c.array(path, func(i int) error { return element(childPath(path, kind, i)) })
}

func (c *coordinateReader) array(path string, element func(i int) error) error {
	if c.peek() != '[' {
		return errors.New(placed(path, "an array was expected: the coordinates don't nest as the type asks"))
	}
	c.at++
	for i := 0; ; i++ {
		switch c.peek() {
		case ']':
			c.at++
			return nil
		case ',':
			c.at++
		}
		if err := element(i); err != nil {
			return err
		}
	}
}

func (c *coordinateReader) number(path string) (float64, error) {
	c.peek()
	start := c.at
	for c.at < len(c.text) && (c.text[c.at] >= '0' && c.text[c.at] <= '9' || c.text[c.at] == '-' ||
		c.text[c.at] == '+' || c.text[c.at] == '.' || c.text[c.at]|0x20 == 'e') {
		c.at++
	}
	if start == c.at {
		return 0, errors.New(placed(path, "a coordinate must be a number"))
	}
	v, err := strconv.ParseFloat(c.text[start:c.at], 64)
	if err != nil {
		return 0, errors.New(placed(path, "a coordinate is too large: "+c.text[start:min(c.at, start+40)]))
	}
	return v, nil
}

// peek skips space and gives the next byte, 0 at the end.
func (c *coordinateReader) peek() byte {
	for ; c.at < len(c.text); c.at++ {
		switch c.text[c.at] {
		case ' ', '\t', '\n', '\r':
		default:
			return c.text[c.at]
		}
	}
	return 0
}

func placed(path, text string) string {
	if path == "" {
		return text
	}
	return text + " (" + path + ")"
}
