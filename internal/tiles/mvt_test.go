package tiles

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"google.golang.org/protobuf/encoding/protowire"
)

// What follows reads tiles more strictly than a map does: whatever the specification (Mapbox Vector Tile 2.1) says MUST be
// is required, and a field that it does not know is an error. It shares nothing with the encoder but names of fields.

// readLayer is a layer as it was read.
type readLayer struct {
	name            string
	version, extent uint64
	keys            []string
	values          []readValue
	features        []readFeature
}

// readValue is a value with the name of its field.
type readValue struct {
	field string
	value any
}

// readFeature is a feature: parts are points, lines or closed rings, none where the type is UNKNOWN.
type readFeature struct {
	id, kind   uint64
	tags       []uint32
	commands   []uint32
	parts      [][]orb.Point
	attributes map[string]any
}

// fields goes through a message. It fails on a field of an unexpected number or wire type, and on a second one of its number
// unless it is among the repeated.
func fields(message []byte, types map[protowire.Number]protowire.Type, repeated []protowire.Number, take func(n protowire.Number, varint uint64, bytes []byte) error) error {
	seen := map[protowire.Number]bool{}
	for len(message) > 0 {
		number, wire, size := protowire.ConsumeTag(message)
		if size < 0 {
			return protowire.ParseError(size)
		}
		message = message[size:]
		if want, known := types[number]; !known || want != wire {
			return fmt.Errorf("field %d of type %d is not one of %v", number, wire, types)
		}
		if seen[number] && !slices.Contains(repeated, number) {
			return fmt.Errorf("field %d is there twice", number)
		}
		seen[number] = true
		var varint uint64
		var bytes []byte
		switch wire {
		case protowire.VarintType:
			varint, size = protowire.ConsumeVarint(message)
		case protowire.Fixed64Type:
			varint, size = protowire.ConsumeFixed64(message)
		case protowire.Fixed32Type:
			var v uint32
			v, size = protowire.ConsumeFixed32(message)
			varint = uint64(v)
		default:
			bytes, size = protowire.ConsumeBytes(message)
		}
		if size < 0 {
			return protowire.ParseError(size)
		}
		message = message[size:]
		if err := take(number, varint, bytes); err != nil {
			return err
		}
	}
	return nil
}

// readTile reads a tile.
func readTile(tile []byte) (layers []readLayer, err error) {
	names := map[string]bool{}
	err = fields(tile, map[protowire.Number]protowire.Type{3: protowire.BytesType}, []protowire.Number{3}, func(_ protowire.Number, _ uint64, bytes []byte) error {
		l, err := readOneLayer(bytes)
		switch {
		case err != nil:
			return fmt.Errorf("layer %q: %w", l.name, err)
		case names[l.name]:
			return fmt.Errorf("two layers are named %q", l.name)
		}
		names[l.name] = true
		layers = append(layers, l)
		return nil
	})
	return layers, err
}

func readOneLayer(message []byte) (l readLayer, err error) {
	types := map[protowire.Number]protowire.Type{1: protowire.BytesType, 2: protowire.BytesType, 3: protowire.BytesType, 4: protowire.BytesType, 5: protowire.VarintType, 15: protowire.VarintType}
	named, features := false, [][]byte{}
	l.extent = 4096
	err = fields(message, types, []protowire.Number{2, 3, 4}, func(n protowire.Number, varint uint64, bytes []byte) error {
		switch n {
		case 1:
			named, l.name = true, string(bytes)
		case 2:
			features = append(features, bytes) // keys may come after
		case 3:
			l.keys = append(l.keys, string(bytes))
		case 4:
			v, err := readOneValue(bytes)
			l.values = append(l.values, v)
			return err
		case 5:
			l.extent = varint
		case 15:
			l.version = varint
		}
		return nil
	})
	switch {
	case err != nil:
		return l, err
	case !named:
		return l, fmt.Errorf("no name")
	case l.version != 1 && l.version != 2:
		return l, fmt.Errorf("version %d", l.version)
	case l.extent == 0 || l.extent > math.MaxUint32:
		return l, fmt.Errorf("extent %d", l.extent)
	}
	for i, bytes := range features {
		f, err := l.readFeature(bytes)
		if err != nil {
			return l, fmt.Errorf("feature %d: %w", i, err)
		}
		l.features = append(l.features, f)
	}
	return l, nil
}

func readOneValue(message []byte) (v readValue, err error) {
	types := map[protowire.Number]protowire.Type{1: protowire.BytesType, 2: protowire.Fixed32Type, 3: protowire.Fixed64Type, 4: protowire.VarintType, 5: protowire.VarintType, 6: protowire.VarintType, 7: protowire.VarintType}
	err = fields(message, types, slices.Collect(maps.Keys(types)), func(n protowire.Number, varint uint64, bytes []byte) error {
		if v.field != "" {
			return fmt.Errorf("a value of two fields")
		}
		switch n {
		case 1:
			v = readValue{"string_value", string(bytes)}
		case 2:
			v = readValue{"float_value", math.Float32frombits(uint32(varint))}
		case 3:
			v = readValue{"double_value", math.Float64frombits(varint)}
		case 4:
			v = readValue{"int_value", int64(varint)}
		case 5:
			v = readValue{"uint_value", varint}
		case 6:
			v = readValue{"sint_value", protowire.DecodeZigZag(varint)}
		case 7:
			v = readValue{"bool_value", varint != 0}
		}
		return nil
	})
	if err == nil && v.field == "" {
		err = fmt.Errorf("a value of no field")
	}
	return v, err
}

func (l *readLayer) readFeature(message []byte) (f readFeature, err error) {
	types := map[protowire.Number]protowire.Type{1: protowire.VarintType, 2: protowire.BytesType, 3: protowire.VarintType, 4: protowire.BytesType}
	f.attributes = map[string]any{}
	typed, drawn := false, false
	err = fields(message, types, nil, func(n protowire.Number, varint uint64, bytes []byte) (err error) {
		switch n {
		case 1:
			f.id = varint
		case 2:
			f.tags, err = packed(bytes)
		case 3:
			typed, f.kind = true, varint
		case 4:
			drawn = true
			f.commands, err = packed(bytes)
		}
		return err
	})
	switch {
	case err != nil:
		return f, err
	case !typed || f.kind > 3:
		return f, fmt.Errorf("no type of geometry, or %d", f.kind)
	case !drawn || len(f.commands) == 0:
		return f, fmt.Errorf("no geometry")
	case len(f.tags)%2 != 0:
		return f, fmt.Errorf("%d tags", len(f.tags))
	}
	for i := 0; i < len(f.tags); i += 2 {
		if int(f.tags[i]) >= len(l.keys) || int(f.tags[i+1]) >= len(l.values) {
			return f, fmt.Errorf("tags %d and %d of %d keys and %d values", f.tags[i], f.tags[i+1], len(l.keys), len(l.values))
		}
		key := l.keys[f.tags[i]]
		if _, twice := f.attributes[key]; twice {
			return f, fmt.Errorf("attribute %q is there twice", key)
		}
		f.attributes[key] = l.values[f.tags[i+1]].value
	}
	if f.kind != 0 { // UNKNOWN may hold anything
		f.parts, err = readParts(f.kind, f.commands, l.version)
	}
	return f, err
}

func packed(bytes []byte) (list []uint32, err error) {
	for len(bytes) > 0 {
		v, size := protowire.ConsumeVarint(bytes)
		if size < 0 {
			return nil, protowire.ParseError(size)
		}
		if v > math.MaxUint32 {
			return nil, fmt.Errorf("%d does not fit in 32 bits", v)
		}
		list, bytes = append(list, uint32(v)), bytes[size:]
	}
	return list, nil
}
