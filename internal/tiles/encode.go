package tiles

import (
	"math"

	"github.com/paulmach/orb"
	"google.golang.org/protobuf/encoding/protowire"
)

// feature is what a layer has of one thing: commands that draw it, and attributes as keys and values by turns.
type feature struct {
	id       uint64
	kind     uint64
	geometry []byte // packed commands
	tags     []any  // string, then string, int64 or float64
}

// The kinds of geometry, of commands, and the numbers of fields in the specification's vector_tile.proto.
const (
	kindPoint   = 1
	kindPolygon = 3

	commandMoveTo    = 1
	commandLineTo    = 2
	commandClosePath = 7

	tileLayer     protowire.Number = 3
	layerName     protowire.Number = 1
	layerFeature  protowire.Number = 2
	layerKey      protowire.Number = 3
	layerValue    protowire.Number = 4
	layerExtent   protowire.Number = 5
	layerVersion  protowire.Number = 15
	featureID     protowire.Number = 1
	featureTags   protowire.Number = 2
	featureType   protowire.Number = 3
	featureShape  protowire.Number = 4
	valueString   protowire.Number = 1
	valueDouble   protowire.Number = 3
	valueSigned   protowire.Number = 6
	tileVersion                    = 2
	mostAttribute                  = 64 // what the values of a feature take at most, for reserving
)

// encode writes a tile of one layer; nil without features, since an empty layer should not be there.
func encode(name string, features []feature) []byte {
	if len(features) == 0 {
		return nil
	}
	size := 0
	for i := range features {
		size += len(features[i].geometry) + mostAttribute
	}
	layer := make([]byte, 0, size)
	layer = protowire.AppendTag(layer, layerVersion, protowire.VarintType)
	layer = protowire.AppendVarint(layer, tileVersion)
	layer = protowire.AppendTag(layer, layerName, protowire.BytesType)
	layer = protowire.AppendString(layer, name)
	keys, values := numbers{at: map[any]uint64{}}, numbers{at: map[any]uint64{}}
	var one, tags []byte
	for i := range features {
		f := &features[i]
		tags = tags[:0]
		for k := 0; k < len(f.tags); k += 2 {
			tags = protowire.AppendVarint(tags, keys.of(f.tags[k]))
			tags = protowire.AppendVarint(tags, values.of(f.tags[k+1]))
		}
		one = protowire.AppendTag(one[:0], featureID, protowire.VarintType)
		one = protowire.AppendVarint(one, f.id)
		one = protowire.AppendTag(one, featureTags, protowire.BytesType)
		one = protowire.AppendBytes(one, tags)
		one = protowire.AppendTag(one, featureType, protowire.VarintType)
		one = protowire.AppendVarint(one, f.kind)
		one = protowire.AppendTag(one, featureShape, protowire.BytesType)
		one = protowire.AppendBytes(one, f.geometry)
		layer = protowire.AppendTag(layer, layerFeature, protowire.BytesType)
		layer = protowire.AppendBytes(layer, one)
	}
	for _, key := range keys.list {
		layer = protowire.AppendTag(layer, layerKey, protowire.BytesType)
		layer = protowire.AppendString(layer, key.(string))
	}
	for _, v := range values.list {
		one = appendValue(one[:0], v)
		layer = protowire.AppendTag(layer, layerValue, protowire.BytesType)
		layer = protowire.AppendBytes(layer, one)
	}
	layer = protowire.AppendTag(layer, layerExtent, protowire.VarintType)
	layer = protowire.AppendVarint(layer, Extent)
	tile := make([]byte, 0, len(layer)+8)
	tile = protowire.AppendTag(tile, tileLayer, protowire.BytesType)
	return protowire.AppendBytes(tile, layer)
}

func appendValue(to []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return protowire.AppendString(protowire.AppendTag(to, valueString, protowire.BytesType), v)
	case int64:
		return protowire.AppendVarint(protowire.AppendTag(to, valueSigned, protowire.VarintType), protowire.EncodeZigZag(v))
	}
	return protowire.AppendFixed64(protowire.AppendTag(to, valueDouble, protowire.Fixed64Type), math.Float64bits(v.(float64)))
}

// numbers gives each value its place in the order they come.
type numbers struct {
	at   map[any]uint64
	list []any
}

func (n *numbers) of(v any) uint64 {
	i, ok := n.at[v]
	if !ok {
		i = uint64(len(n.list))
		n.at[v], n.list = i, append(n.list, v)
	}
	return i
}

// cursor writes commands: each position is the way from the one before.
type cursor struct {
	x, y int64
	to   []byte
}

func (c *cursor) command(id, count int) {
	c.to = protowire.AppendVarint(c.to, uint64(id)|uint64(count)<<3)
}

func (c *cursor) move(p orb.Point) {
	x, y := int64(p[0]), int64(p[1])
	c.to = protowire.AppendVarint(c.to, protowire.EncodeZigZag(x-c.x))
	c.to = protowire.AppendVarint(c.to, protowire.EncodeZigZag(y-c.y))
	c.x, c.y = x, y
}

// drawn are the commands of polygons in units, closed rings.
func drawn(area orb.MultiPolygon) []byte {
	var c cursor
	for _, polygon := range area {
		for _, ring := range polygon {
			c.command(commandMoveTo, 1)
			c.move(ring[0])
			c.command(commandLineTo, len(ring)-2)
			for _, p := range ring[1 : len(ring)-1] {
				c.move(p)
			}
			c.command(commandClosePath, 1)
		}
	}
	return c.to
}

// dotted are the commands of a point.
func dotted(p orb.Point) []byte {
	var c cursor
	c.command(commandMoveTo, 1)
	c.move(p)
	return c.to
}
