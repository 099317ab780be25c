package tiles

import (
	"math"
	"slices"
	"sync"

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

	tileLayer    protowire.Number = 3
	layerName    protowire.Number = 1
	layerFeature protowire.Number = 2
	layerKey     protowire.Number = 3
	layerValue   protowire.Number = 4
	layerExtent  protowire.Number = 5
	layerVersion protowire.Number = 15
	featureID    protowire.Number = 1
	featureTags  protowire.Number = 2
	featureType  protowire.Number = 3
	featureShape protowire.Number = 4
	valueString  protowire.Number = 1
	valueDouble  protowire.Number = 3
	valueSigned  protowire.Number = 6
	tileVersion                   = 2
)

// encode writes a tile of one layer; nil without features, since an empty layer should not be there.
func encode(name string, features []feature) []byte {
	w := newWriter()
	var tags []byte
	for i := range features {
		f := &features[i]
		tags = tags[:0]
		for k := 0; k < len(f.tags); k += 2 {
			tags = protowire.AppendVarint(tags, w.key(f.tags[k].(string)))
			tags = protowire.AppendVarint(tags, w.value(f.tags[k+1]))
		}
		w.add(f.id, f.kind, tags, f.geometry)
	}
	return w.tile(name)
}

// writer puts a layer together: features refer to keys and values by number.
type writer struct {
	features, keys, values []byte
	keyAt                  map[string]uint64
	valueAt                map[any]uint64
	count                  uint64 // of values
	one                    []byte
}

// writers are used again: a large tile takes a megabyte of buffers, which would be most of what its request allocates.
var writers = sync.Pool{New: func() any { return &writer{keyAt: map[string]uint64{}, valueAt: map[any]uint64{}} }}

func newWriter() *writer { return writers.Get().(*writer) }

func (w *writer) key(name string) uint64 {
	i, ok := w.keyAt[name]
	if !ok {
		i = uint64(len(w.keyAt))
		w.keyAt[name] = i
		w.keys = protowire.AppendString(protowire.AppendTag(w.keys, layerKey, protowire.BytesType), name)
	}
	return i
}

func (w *writer) value(v any) uint64 {
	i, ok := w.valueAt[v]
	if !ok {
		w.one = appendValue(w.one[:0], v)
		w.values = protowire.AppendBytes(protowire.AppendTag(w.values, layerValue, protowire.BytesType), w.one)
		i = w.count
		w.count++
		w.valueAt[v] = i
	}
	return i
}

// text is value for a text that no other feature has, so that it need not be looked for.
func (w *writer) text(v []byte) uint64 {
	w.values = protowire.AppendTag(w.values, layerValue, protowire.BytesType)
	w.values = protowire.AppendVarint(w.values, uint64(1+protowire.SizeBytes(len(v))))
	w.values = protowire.AppendTag(w.values, valueString, protowire.BytesType)
	w.values = protowire.AppendBytes(w.values, v)
	w.count++
	return w.count - 1
}

// add adds a feature with tags and geometry as packed numbers.
func (w *writer) add(id, kind uint64, tags, geometry []byte) {
	size := 4 + protowire.SizeVarint(id) + protowire.SizeBytes(len(tags)) + protowire.SizeVarint(kind) + protowire.SizeBytes(len(geometry)) // a byte for each tag of a field
	f := protowire.AppendTag(w.features, layerFeature, protowire.BytesType)
	f = protowire.AppendVarint(f, uint64(size))
	f = protowire.AppendTag(f, featureID, protowire.VarintType)
	f = protowire.AppendVarint(f, id)
	f = protowire.AppendTag(f, featureTags, protowire.BytesType)
	f = protowire.AppendBytes(f, tags)
	f = protowire.AppendTag(f, featureType, protowire.VarintType)
	f = protowire.AppendVarint(f, kind)
	f = protowire.AppendTag(f, featureShape, protowire.BytesType)
	w.features = protowire.AppendBytes(f, geometry)
}

// tile ends the layer, and with it the tile; nil without features. The writer is not to be used after that.
func (w *writer) tile(name string) (tile []byte) {
	defer func() {
		w.features, w.keys, w.values, w.count = w.features[:0], w.keys[:0], w.values[:0], 0
		clear(w.keyAt)
		clear(w.valueAt)
		writers.Put(w)
	}()
	if len(w.features) == 0 {
		return nil
	}
	var head, end []byte
	head = protowire.AppendTag(head, layerVersion, protowire.VarintType)
	head = protowire.AppendVarint(head, tileVersion)
	head = protowire.AppendTag(head, layerName, protowire.BytesType)
	head = protowire.AppendString(head, name)
	end = protowire.AppendTag(end, layerExtent, protowire.VarintType)
	end = protowire.AppendVarint(end, Extent)
	size := len(head) + len(w.features) + len(w.keys) + len(w.values) + len(end)
	start := protowire.AppendVarint(protowire.AppendTag(nil, tileLayer, protowire.BytesType), uint64(size))
	return slices.Concat(start, head, w.features, w.keys, w.values, end)
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

// dotted appends the commands of a point.
func dotted(to []byte, p orb.Point) []byte {
	c := cursor{to: to}
	c.command(commandMoveTo, 1)
	c.move(p)
	return c.to
}
