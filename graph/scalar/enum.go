package scalar

import (
	"fmt"

	"github.com/99designs/gqlgen/graphql"

	"kantong/internal/registry"
)

// marshal writes the name of an enumeration's value; the zero value of a type that has no name for it is null.
func marshal[T fmt.Stringer](v T) graphql.Marshaler {
	name := v.String()
	if name == "" {
		return graphql.Null
	}
	return raw(func(b []byte) []byte { return append(append(append(b, '"'), name...), '"') })
}

// unmarshal reads a name; null is the zero value.
func unmarshal[T any](v any, parse func(string) (T, error)) (value T, err error) {
	if v == nil {
		return value, nil
	}
	s, ok := v.(string)
	if !ok {
		return value, registry.Invalid("", "%v is not a name", v)
	}
	value, err = parse(s)
	return value, bare(err)
}

// The enumerations of the registry, by the names of the schema.

func MarshalRole(v registry.Role) graphql.Marshaler           { return marshal(v) }
func UnmarshalRole(v any) (registry.Role, error)              { return unmarshal(v, registry.ParseRole) }
func MarshalAreaLevel(v registry.AreaLevel) graphql.Marshaler { return marshal(v) }
func UnmarshalAreaLevel(v any) (registry.AreaLevel, error) {
	return unmarshal(v, registry.ParseAreaLevel)
}
func MarshalFigureStatus(v registry.FigureStatus) graphql.Marshaler { return marshal(v) }
func UnmarshalFigureStatus(v any) (registry.FigureStatus, error) {
	return unmarshal(v, registry.ParseFigureStatus)
}
func MarshalPillar(v registry.Pillar) graphql.Marshaler           { return marshal(v) }
func UnmarshalPillar(v any) (registry.Pillar, error)              { return unmarshal(v, registry.ParsePillar) }
func MarshalDeprivation(v registry.Deprivation) graphql.Marshaler { return marshal(v) }
func UnmarshalDeprivation(v any) (registry.Deprivation, error) {
	return unmarshal(v, registry.ParseDeprivation)
}
func MarshalSex(v registry.Sex) graphql.Marshaler               { return marshal(v) }
func UnmarshalSex(v any) (registry.Sex, error)                  { return unmarshal(v, registry.ParseSex) }
func MarshalPersonKind(v registry.PersonKind) graphql.Marshaler { return marshal(v) }
func UnmarshalPersonKind(v any) (registry.PersonKind, error) {
	return unmarshal(v, registry.ParsePersonKind)
}
func MarshalEnrolmentStatus(v registry.EnrolmentStatus) graphql.Marshaler { return marshal(v) }
func UnmarshalEnrolmentStatus(v any) (registry.EnrolmentStatus, error) {
	return unmarshal(v, registry.ParseEnrolmentStatus)
}
func MarshalFunderKind(v registry.FunderKind) graphql.Marshaler { return marshal(v) }
func UnmarshalFunderKind(v any) (registry.FunderKind, error) {
	return unmarshal(v, registry.ParseFunderKind)
}
