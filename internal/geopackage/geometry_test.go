package geopackage

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
)

var (
	outer   = orb.Ring{{106, -6}, {107, -6}, {107, -5}, {106, -5}, {106, -6}}
	hole    = orb.Ring{{106.2, -5.8}, {106.2, -5.6}, {106.4, -5.6}, {106.2, -5.8}}
	polygon = orb.Polygon{outer, hole}
)

// geometries is one of each kind that WKB has.
var geometries = map[string]orb.Geometry{
	"POINT":              orb.Point{106.1166543, -2.1316327},
	"LINESTRING":         orb.LineString{{1, 2}, {3, -4}},
	"POLYGON":            polygon,
	"MULTIPOINT":         orb.MultiPoint{{1, 2}, {3, 4}},
	"MULTILINESTRING":    orb.MultiLineString{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}},
	"MULTIPOLYGON":       orb.MultiPolygon{polygon, {{{1, 1}, {2, 1}, {2, 2}, {1, 1}}}},
	"GEOMETRYCOLLECTION": orb.Collection{orb.Point{1, 2}, orb.Collection{orb.LineString{{3, 4}, {5, 6}}}, orb.MultiPolygon{polygon}},
}

func TestEncodeGeometryRoundTrips(t *testing.T) {
	for name, g := range geometries {
		t.Run(name, func(t *testing.T) {
			blob, err := EncodeGeometry(g)
			if err != nil {
				t.Fatal(err)
			}
			got, srsID, err := DecodeGeometry(blob)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, g) || srsID != WGS84 {
				t.Errorf("got %v in %d, want %v in %d", got, srsID, g, WGS84)
			}
		})
	}
}

func TestEncodeGeometryBytes(t *testing.T) {
	for _, test := range []struct {
		name string
		g    orb.Geometry
		want string
	}{
		{"point", orb.Point{1, -2},
			"4750 00 01 e6100000  01 01000000 000000000000f03f 00000000000000c0"},
		{"line", orb.LineString{{1, -2}, {0, 2}},
			"4750 00 03 e6100000" +
				" 0000000000000000 000000000000f03f 00000000000000c0 0000000000000040" + // min x, max x, min y, max y
				" 01 02000000 02000000 000000000000f03f 00000000000000c0 0000000000000000 0000000000000040"},
	} {
		t.Run(test.name, func(t *testing.T) {
			blob, err := EncodeGeometry(test.g)
			if err != nil {
				t.Fatal(err)
			}
			if got := hex.EncodeToString(blob); got != strings.ReplaceAll(test.want, " ", "") {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestEncodeGeometryWithoutPoints(t *testing.T) {
	empties := []orb.Geometry{
		nil, orb.LineString(nil), orb.LineString{}, orb.Polygon{}, orb.Polygon{{}}, orb.MultiPoint{}, orb.MultiLineString{},
		orb.MultiPolygon{}, orb.Collection{}, orb.Collection{nil}, orb.Ring{}, orb.MultiPoint{}.Bound(),
	}
	for _, g := range empties {
		if blob, err := EncodeGeometry(g); err != nil || blob != nil {
			t.Errorf("%#v: got %x, %v, want nil", g, blob, err)
		}
	}
}

func TestEncodeGeometryOfRingAndBound(t *testing.T) {
	bound := orb.Bound{Min: orb.Point{1, 2}, Max: orb.Point{3, 4}}
	for _, test := range []struct{ g, want orb.Geometry }{
		{outer, orb.Polygon{outer}},
		{bound, bound.ToPolygon()},
	} {
		blob, err := EncodeGeometry(test.g)
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := DecodeGeometry(blob); err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("got %v, %v, want %v", got, err, test.want)
		}
	}
}

func TestEncodeGeometryRefuses(t *testing.T) {
	for _, g := range []orb.Geometry{
		orb.Point{math.NaN(), 0},
		orb.Point{0, math.Inf(1)},
		orb.LineString{{0, 0}, {math.Inf(-1), 1}},
		orb.Collection{orb.Point{1, 2}, nil},
		orb.MultiLineString{{{1, 2}, {3, 4}}, nil},
		orb.Polygon{outer, {}},
	} {
		if blob, err := EncodeGeometry(g); err == nil {
			t.Errorf("%v: got %x, want an error", g, blob)
		}
	}
}

func TestAppendPointKeepsPrefixAndDoesNotAllocate(t *testing.T) {
	buffer := make([]byte, 0, 64)
	var err error
	allocations := testing.AllocsPerRun(10, func() {
		buffer, err = AppendPoint(append(buffer[:0], "xy"...), orb.Point{3, 4})
	})
	if err != nil || allocations != 0 {
		t.Fatalf("%v allocations, error %v", allocations, err)
	}
	got, _, err := DecodeGeometry(buffer[2:])
	if string(buffer[:2]) != "xy" || err != nil || got != (orb.Point{3, 4}) {
		t.Errorf("got %x → %v, %v", buffer, got, err)
	}
}

// header makes a blob header of the given byte order, envelope kind (of zeros) and srs_id.
func header(order binary.AppendByteOrder, envelopeKind byte, srsID int32) []byte {
	flags := envelopeKind << 1
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		flags |= flagLittleEndian
	}
	blob := order.AppendUint32([]byte{'G', 'P', 0, flags}, uint32(srsID))
	return append(blob, make([]byte, envelopeBytes[envelopeKind])...)
}

func TestDecodeGeometryHeaders(t *testing.T) {
	orders := []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian}
	for name, g := range geometries {
		for kind := range envelopeBytes {
			for _, order := range orders {
				for _, bodyOrder := range orders {
					blob := append(header(order, byte(kind), -1), wkb.MustMarshal(g, bodyOrder.(binary.ByteOrder))...)
					got, srsID, err := DecodeGeometry(blob)
					if err != nil || srsID != -1 || !reflect.DeepEqual(got, g) {
						t.Errorf("%s, envelope %d, %v, %v: got %v in %d, %v", name, kind, order, bodyOrder, got, srsID, err)
					}
				}
			}
		}
	}
}

// appendGeometry writes WKB with the type codes of the given dimensions; every extra value is 99.
func appendGeometry(dst []byte, g orb.Geometry, addToType uint32, extra int) []byte {
	number := binary.BigEndian.AppendUint32
	points := func(list []orb.Point) {
		for _, p := range list {
			for _, v := range append(p[:], 99, 99)[:2+extra] {
				dst = binary.BigEndian.AppendUint64(dst, math.Float64bits(v))
			}
		}
	}
	begin := func(kind uint32) { dst = number(append(dst, 0), kind+addToType) }
	switch g := g.(type) {
	case orb.Point:
		begin(1)
		points([]orb.Point{g})
	case orb.LineString:
		begin(2)
		dst = number(dst, uint32(len(g)))
		points(g)
	case orb.Polygon:
		begin(3)
		dst = number(dst, uint32(len(g)))
		for _, ring := range g {
			dst = number(dst, uint32(len(ring)))
			points(ring)
		}
	case orb.MultiPolygon:
		begin(6)
		dst = number(dst, uint32(len(g)))
		for _, p := range g {
			dst = appendGeometry(dst, p, addToType, extra)
		}
	}
	return dst
}

func TestDecodeGeometryDropsZAndM(t *testing.T) {
	for _, d := range []struct {
		name      string
		addToType uint32
		extra     int
	}{
		{"Z", 1000, 1}, {"M", 2000, 1}, {"ZM", 3000, 2},
		{"high bit Z", wkbHighBitZ, 1}, {"high bit M", wkbHighBitM, 1}, {"high bits", wkbHighBitZ | wkbHighBitM, 2},
	} {
		for _, kind := range []string{"POINT", "LINESTRING", "POLYGON", "MULTIPOLYGON"} {
			g := geometries[kind]
			got, _, err := DecodeGeometry(appendGeometry(header(binary.LittleEndian, 2, 4326), g, d.addToType, d.extra))
			if err != nil || !reflect.DeepEqual(got, g) {
				t.Errorf("%s %s: got %v, %v, want %v", kind, d.name, got, err, g)
			}
		}
	}
}

func TestDecodeGeometryEmpty(t *testing.T) {
	nan := orb.Point{math.NaN(), math.NaN()}
	plain := header(binary.LittleEndian, 0, 4326)
	flagged := header(binary.LittleEndian, 0, 4326)
	flagged[3] |= flagEmpty
	for name, blob := range map[string][]byte{
		"nil":                        nil,
		"no bytes":                   {},
		"flag":                       append(flagged[:8:8], wkb.MustMarshal(orb.MultiPolygon{})...),
		"NaN point":                  append(plain[:8:8], wkb.MustMarshal(nan)...),
		"polygon without flag":       append(plain[:8:8], wkb.MustMarshal(orb.Polygon{})...),
		"collection of NaN point":    append(plain[:8:8], wkb.MustMarshal(orb.Collection{nan})...),
		"polygon without outer ring": append(plain[:8:8], wkb.MustMarshal(orb.Polygon{{}, hole})...),
	} {
		if g, _, err := DecodeGeometry(blob); g != nil || err != nil {
			t.Errorf("%s: got %v, %v, want nil", name, g, err)
		}
	}
	blob := append(plain[:8:8], wkb.MustMarshal(orb.MultiLineString{{}, {{1, 2}, {3, 4}}})...)
	want := orb.MultiLineString{{{1, 2}, {3, 4}}}
	if g, _, err := DecodeGeometry(blob); err != nil || !reflect.DeepEqual(g, want) {
		t.Errorf("with an empty part: got %v, %v, want %v", g, err, want)
	}
}

func TestDecodeGeometryRefuses(t *testing.T) {
	line, err := EncodeGeometry(geometries["LINESTRING"])
	if err != nil {
		t.Fatal(err)
	}
	changed := func(at int, b byte) []byte {
		blob := append([]byte(nil), line...)
		blob[at] = b
		return blob
	}
	body := func(g ...byte) []byte { return append(header(binary.LittleEndian, 0, 4326), g...) }
	nested := header(binary.LittleEndian, 0, 4326)
	for range 1_000_000 {
		nested = append(nested, 1, 7, 0, 0, 0, 1, 0, 0, 0)
	}
	for name, test := range map[string]struct {
		blob []byte
		want string
	}{
		"magic":          {changed(0, 'X'), "GP"},
		"version":        {changed(2, 1), "version 1"},
		"extended":       {changed(3, flagExtended|flagLittleEndian), "extended"},
		"envelope kind":  {changed(3, 0b0000_1011), "envelope kind 5"},
		"byte order":     {changed(40, 2), "byte order 2"},
		"curve":          {changed(41, 8), "type 8"},
		"huge type":      {changed(44, 0x7f), "not supported"},
		"huge count":     {changed(48, 0xff), "cut off"},
		"left over":      {append(line[:len(line):len(line)], 0), "1 bytes are left over"},
		"infinite":       {append(body(), wkb.MustMarshal(orb.LineString{{math.Inf(1), 0}, {0, 0}})...), "not finite"},
		"half NaN point": {append(body(), wkb.MustMarshal(orb.Point{math.NaN(), 0})...), "not finite"},
		"wrong member":   {body(1, 4, 0, 0, 0, 1, 0, 0, 0, 1, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), "LineString is a member"},
		"nested":         {nested, "nested more than"},
	} {
		g, _, err := DecodeGeometry(test.blob)
		if g != nil || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, error %v, want one with %q", name, g, err, test.want)
		}
	}
	for name, g := range geometries {
		blob, err := EncodeGeometry(g)
		if err != nil {
			t.Fatal(err)
		}
		for n := 1; n < len(blob); n++ {
			if got, _, err := DecodeGeometry(blob[:n]); got != nil || err == nil {
				t.Fatalf("%s cut to %d of %d bytes: got %v, want an error", name, n, len(blob), got)
			}
		}
	}
}

func FuzzDecodeGeometry(f *testing.F) {
	for _, g := range geometries {
		blob, err := EncodeGeometry(g)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(blob)
		f.Add(append(header(binary.BigEndian, 4, 0), wkb.MustMarshal(g, binary.BigEndian)...))
		f.Add(appendGeometry(header(binary.LittleEndian, 3, 4326), g, 3000, 2))
	}
	f.Fuzz(func(t *testing.T, blob []byte) {
		g, _, err := DecodeGeometry(blob)
		if g == nil {
			return
		}
		if err != nil {
			t.Fatalf("a geometry and an error: %v, %v", g, err)
		}
		again, err := EncodeGeometry(g)
		if err != nil {
			t.Fatalf("decoded %v, which cannot be encoded: %v", g, err)
		}
		if got, _, err := DecodeGeometry(again); err != nil || !reflect.DeepEqual(got, g) {
			t.Fatalf("decoded %v, encoded and decoded %v, %v", g, got, err)
		}
	})
}
