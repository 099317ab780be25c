package tiles

import (
	"fmt"

	"github.com/paulmach/orb"
	"google.golang.org/protobuf/encoding/protowire"
)

// pen reads commands.
type pen struct {
	commands []uint32
	at       orb.Point
}

// command takes the next one, which must be of the id and have at least so many positions, and takes its positions.
func (p *pen) command(id uint32, least, most int) (line []orb.Point, err error) {
	if len(p.commands) == 0 {
		return nil, fmt.Errorf("commands end where command %d should be", id)
	}
	got, count := p.commands[0]&7, int64(p.commands[0]>>3)
	p.commands = p.commands[1:]
	if got != id || count < int64(least) || most > 0 && count > int64(most) {
		return nil, fmt.Errorf("command %d × %d where command %d × %d or more should be", got, count, id, least)
	}
	if id == commandClosePath {
		return nil, nil
	}
	if 2*count > int64(len(p.commands)) { // before anything is reserved
		return nil, fmt.Errorf("command %d × %d has %d parameters", id, count, len(p.commands))
	}
	for range count {
		dx, dy := protowire.DecodeZigZag(uint64(p.commands[0])), protowire.DecodeZigZag(uint64(p.commands[1]))
		if id == commandLineTo && dx == 0 && dy == 0 {
			return nil, fmt.Errorf("a line to where it is")
		}
		p.commands = p.commands[2:]
		p.at = orb.Point{p.at[0] + float64(dx), p.at[1] + float64(dy)}
		line = append(line, p.at)
	}
	return line, nil
}

// readParts reads the commands of a geometry: all points as one part, or lines, or closed rings.
func readParts(kind uint64, commands []uint32, version uint64) (parts [][]orb.Point, err error) {
	p := pen{commands: commands}
	if kind == kindPoint {
		points, err := p.command(commandMoveTo, 1, 0)
		if err == nil && len(p.commands) > 0 {
			err = fmt.Errorf("%d more after the points", len(p.commands))
		}
		return [][]orb.Point{points}, err
	}
	for len(p.commands) > 0 {
		from, err := p.command(commandMoveTo, 1, 1)
		if err != nil {
			return nil, err
		}
		least := 1
		if kind == kindPolygon {
			least = 2
		}
		line, err := p.command(commandLineTo, least, 0)
		if err != nil {
			return nil, err
		}
		part := append(from, line...)
		if kind == kindPolygon {
			if _, err := p.command(commandClosePath, 1, 1); err != nil {
				return nil, err
			}
			part = append(part, from[0])
			if area := surveyed(part); area == 0 || version == 2 && len(parts) == 0 && area < 0 { // who turns which way is new in version 2
				return nil, fmt.Errorf("ring %d has area %g", len(parts), area)
			}
		}
		parts = append(parts, part)
	}
	return parts, nil
}

// surveyed is the area of a closed ring by the surveyor's formula, as the specification takes it: positive for an outer ring,
// whose positions go clockwise on a map, where y grows southwards.
func surveyed(ring []orb.Point) (sum float64) {
	origin := ring[0]
	for i := range len(ring) - 1 {
		a, b := ring[i], ring[i+1]
		sum += ((a[0]-origin[0])*(b[1]-origin[1]) - (b[0]-origin[0])*(a[1]-origin[1])) / 2
	}
	return sum
}

// polygons puts rings together: one of positive area begins a polygon.
func (f *readFeature) polygons() (area orb.MultiPolygon) {
	for _, ring := range f.parts {
		if surveyed(ring) > 0 {
			area = append(area, orb.Polygon{ring})
		} else {
			area[len(area)-1] = append(area[len(area)-1], ring)
		}
	}
	return area
}

// redrawn are the commands of what was read, by the encoder of this package.
func (f *readFeature) redrawn() (commands []uint32, err error) {
	var c cursor
	switch {
	case f.kind == kindPolygon:
		c.to = drawn(f.polygons())
	case f.kind == kindPoint && len(f.parts[0]) == 1:
		c.to = dotted(nil, f.parts[0][0])
	case f.kind == kindPoint:
		c.command(commandMoveTo, len(f.parts[0]))
		for _, p := range f.parts[0] {
			c.move(p)
		}
	default:
		for _, line := range f.parts {
			c.command(commandMoveTo, 1)
			c.move(line[0])
			c.command(commandLineTo, len(line)-1)
			for _, p := range line[1:] {
				c.move(p)
			}
		}
	}
	return packed(c.to)
}
