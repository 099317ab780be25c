package registry

import (
	"math"
	"reflect"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
)

// bump changes a value of any type that contents are made of.
func bump(t *testing.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Uint8, reflect.Uint32:
		v.SetUint(v.Uint() + 1)
	case reflect.Float64:
		v.SetFloat(v.Float() + 0.5)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	default:
		t.Fatalf("no way to change a %s", v.Type())
	}
}

// leaves visits every settable part of a struct: fields, and elements of arrays.
func leaves(v reflect.Value, path string, visit func(path string, v reflect.Value)) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			leaves(v.Field(i), path+"."+v.Type().Field(i).Name, visit)
		}
	case reflect.Array:
		for i := range v.Len() {
			leaves(v.Index(i), path+"[]", visit)
		}
	case reflect.Slice: // a geometry; its parts are reached by their own index
		for i := range v.Len() {
			leaves(v.Index(i), path+"[]", visit)
		}
	default:
		visit(path, v)
	}
}

// checkEveryField changes one part of a value at a time and wants another hash for all but those that are no contents.
func checkEveryField[T any](t *testing.T, whole func() *T, hash func(*ContentHash, *T), notHashed ...string) {
	t.Helper()
	hex := func(v *T) string {
		c := NewContentHash()
		hash(c, v)
		return c.Hex()
	}
	plain := hex(whole())
	if hex(whole()) != plain {
		t.Error("the same value has two hashes")
	}
	count := 0
	leaves(reflect.ValueOf(whole()).Elem(), "", func(string, reflect.Value) { count++ })
	for target := range count {
		v, i := whole(), 0
		leaves(reflect.ValueOf(v).Elem(), "", func(path string, part reflect.Value) {
			if i++; i-1 != target {
				return
			}
			bump(t, part)
			changes := hex(v) != plain
			wanted := true
			for _, n := range notHashed {
				wanted = wanted && n != path
			}
			if changes != wanted {
				t.Errorf("%T%s: the hash changes: %v, want %v", *v, path, changes, wanted)
			}
		})
	}
}

func TestContentHashTellsEveryField(t *testing.T) {
	checkEveryField(t, func() *Household {
		h := NewHousehold(HouseholdID{1}, "19.71.03.1004")
		h.Located, h.Point, h.Score, h.FloorAreaM2 = true, geo.PointE7{Lon: 1, Lat: 2}, 0.25, 36
		return &h
	}, (*ContentHash).Household, ".Deprived", ".Known")
	checkEveryField(t, func() *Area {
		return &Area{Code: "19.71", Name: "n", Boundary: orb.MultiPolygon{{{{0, 0}, {9, 0}, {9, 9}, {0, 0}}}}, Label: orb.Point{1, 2}}
	}, (*ContentHash).Area, ".AreaKm2")
	checkEveryField(t, func() *AreaIndicator { return &AreaIndicator{Area: "19.71", Code: "p0"} }, (*ContentHash).Indicator)
	checkEveryField(t, func() *Succession { return &Succession{Code: "19.71.05.1009", Predecessor: "19.71.05.1003"} }, (*ContentHash).Succession)
	checkEveryField(t, func() *Enrolment { return &Enrolment{Program: "PKH", Persons: UnknownInt, Rupiah: UnknownInt} }, (*ContentHash).Enrolment)
}

func TestContentHashOfUnknowns(t *testing.T) {
	hash := func(change func(*Household)) string {
		h := NewHousehold(HouseholdID{1}, "19.71.03.1004")
		change(&h)
		c := NewContentHash()
		c.Household(&h)
		return c.Hex()
	}
	plain := hash(func(*Household) {})
	if hash(func(h *Household) { h.Point = geo.PointE7{Lon: 5} }) != plain {
		t.Error("the place of a household without a location is hashed")
	}
	if hash(func(h *Household) { h.Score = math.Float64frombits(math.Float64bits(math.NaN()) ^ 1) }) != plain {
		t.Error("two ways of writing an unknown score have two hashes")
	}
	if hash(func(h *Household) { h.Located = true }) == plain {
		t.Error("a household at 0,0 has the hash of one without a location")
	}
	if hash(func(h *Household) { h.RW, h.RT = "0", "1" }) == hash(func(h *Household) { h.RW, h.RT = "01", "" }) {
		t.Error("neighbouring texts run together")
	}
}

func TestStateHash(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range [][2]string{{"a", "b"}, {"b", "a"}, {"ab", ""}, {"", "ab"}} {
		h := StateHash(s[0], s[1])
		if seen[h] || len(h) != 64 {
			t.Errorf("hash %q of %q", h, s)
		}
		seen[h] = true
	}
}
