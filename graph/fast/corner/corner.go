// Package corner is a schema whose values are made up, with nulls, errors and panics wherever they can come from. Tests compare
// how gqlgen and package fast answer it. It is no part of the program.
package corner

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"

	"github.com/99designs/gqlgen/graphql"
)

// Fate decides what becomes of a value. It follows from the seed and the fields on the way to it alone, so that an answer does
// not depend on the order in which fields are resolved.
type Fate uint64

// Of is the fate of a field of an object.
func (f Fate) Of(field string, index int) Fate {
	h := fnv.New64a()
	fmt.Fprint(h, uint64(f), field, index)
	return Fate(h.Sum64())
}

// strikes tells whether something rare happens to a value.
func (f Fate) strikes(what string) bool { return f.Of(what, 0)%23 == 0 }

// fall panics now and then.
func (f Fate) fall() Fate {
	if f.strikes("panic") {
		panic(fmt.Sprintf("fell at %x", uint16(f)))
	}
	return f
}

func (f Fate) fail() error {
	if f.fall().strikes("error") {
		return fmt.Errorf("failed at %x", uint16(f))
	}
	return nil
}

func (f Fate) text() string {
	return [...]string{"plain", "", "quo\"te\\", "tab\t\r\nline\x01", "naïve <b>&</b> \u2028 \U0001f600", "broken \xff"}[f%6]
}

// maybe gives nil now and then.
func maybe[T any](f Fate, v T) *T {
	if f.strikes("null") {
		return nil
	}
	return &v
}

// list makes some elements; none at all, or nil, now and then.
func list[T any](f Fate, element func(Fate) T) []T {
	if f.fall().strikes("nil") {
		return nil
	}
	out := make([]T, f.Of("length", 0)%4)
	for i := range out {
		out[i] = element(f.Of("element", i))
	}
	return out
}

// Strict is an argument that may be refused, with an error or a panic.
type Strict int

// MarshalStrict is not used: Strict stands in arguments only.
func MarshalStrict(s Strict) graphql.Marshaler { return graphql.MarshalInt(int(s)) }

// UnmarshalStrict refuses 3, and panics over 4.
func UnmarshalStrict(v any) (Strict, error) {
	n, err := graphql.UnmarshalInt(v)
	switch {
	case err != nil:
		return 0, err
	case n == 3:
		return 0, fmt.Errorf("3 is refused")
	case n == 4:
		panic("4 is too much")
	}
	return Strict(n), nil
}

// Moody is a scalar that is null now and then, and without a function that appends it.
type Moody uint64

// MarshalMoody gives null for what strikes.
func MarshalMoody(m Moody) graphql.Marshaler {
	if Fate(m).fall().strikes("mood") {
		return graphql.Null
	}
	return graphql.MarshalString(Fate(m).text())
}

// Shade is an enumeration that falls now and then where its name is written, or has none.
type Shade uint64

// AppendShade appends the name of a shade.
func AppendShade(b []byte, s Shade) []byte {
	switch f := Fate(s).fall(); {
	case f.strikes("shade"):
		return nil
	case f%2 == 0:
		return append(b, `"DARK"`...)
	}
	return append(b, `"LIGHT"`...)
}

// MarshalShade writes the name of a shade.
func MarshalShade(s Shade) graphql.Marshaler {
	b := AppendShade(nil, s)
	if b == nil {
		return graphql.Null
	}
	return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(b) })
}

// UnmarshalShade takes nothing: Shade stands in answers only.
func UnmarshalShade(any) (Shade, error) { return 0, fmt.Errorf("no argument") }

// UnmarshalMoody takes nothing: Moody stands in answers only.
func UnmarshalMoody(any) (Moody, error) { return 0, fmt.Errorf("no argument") }

// Shout is the directive: it refuses now and then, and else shouts.
func Shout(ctx context.Context, obj any, next graphql.Resolver) (any, error) {
	if t, ok := obj.(*Thing); ok && t.Fate.Of("shout", 0)%5 == 0 {
		return nil, fmt.Errorf("no shouting")
	}
	v, err := next(ctx)
	if s, ok := v.(string); ok {
		return s + "!", err
	}
	return v, err
}
