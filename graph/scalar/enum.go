package scalar

import (
	"fmt"

	"github.com/99designs/gqlgen/graphql"

	"kantong/internal/registry"
)

// appendName appends the name of an enumeration's value; the zero value of a type that has no name for it is null.
func appendName[T fmt.Stringer](b []byte, v T) []byte {
	name := v.String()
	if name == "" {
		return nil
	}
	return append(append(append(b, '"'), name...), '"')
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

func AppendJobState(b []byte, v registry.JobState) []byte     { return appendName(b, v) }
func MarshalJobState(v registry.JobState) graphql.Marshaler   { return written(v, AppendJobState) }
func UnmarshalJobState(v any) (registry.JobState, error)      { return unmarshal(v, registry.ParseJobState) }
func AppendRole(b []byte, v registry.Role) []byte             { return appendName(b, v) }
func MarshalRole(v registry.Role) graphql.Marshaler           { return written(v, AppendRole) }
func UnmarshalRole(v any) (registry.Role, error)              { return unmarshal(v, registry.ParseRole) }
func AppendAreaLevel(b []byte, v registry.AreaLevel) []byte   { return appendName(b, v) }
func MarshalAreaLevel(v registry.AreaLevel) graphql.Marshaler { return written(v, AppendAreaLevel) }
func UnmarshalAreaLevel(v any) (registry.AreaLevel, error) {
	return unmarshal(v, registry.ParseAreaLevel)
}
func AppendFigureStatus(b []byte, v registry.FigureStatus) []byte { return appendName(b, v) }
func MarshalFigureStatus(v registry.FigureStatus) graphql.Marshaler {
	return written(v, AppendFigureStatus)
}
func UnmarshalFigureStatus(v any) (registry.FigureStatus, error) {
	return unmarshal(v, registry.ParseFigureStatus)
}
func AppendPillar(b []byte, v registry.Pillar) []byte           { return appendName(b, v) }
func MarshalPillar(v registry.Pillar) graphql.Marshaler         { return written(v, AppendPillar) }
func UnmarshalPillar(v any) (registry.Pillar, error)            { return unmarshal(v, registry.ParsePillar) }
func AppendDeprivation(b []byte, v registry.Deprivation) []byte { return appendName(b, v) }
func MarshalDeprivation(v registry.Deprivation) graphql.Marshaler {
	return written(v, AppendDeprivation)
}
func UnmarshalDeprivation(v any) (registry.Deprivation, error) {
	return unmarshal(v, registry.ParseDeprivation)
}
func AppendSex(b []byte, v registry.Sex) []byte                 { return appendName(b, v) }
func MarshalSex(v registry.Sex) graphql.Marshaler               { return written(v, AppendSex) }
func UnmarshalSex(v any) (registry.Sex, error)                  { return unmarshal(v, registry.ParseSex) }
func AppendPersonKind(b []byte, v registry.PersonKind) []byte   { return appendName(b, v) }
func MarshalPersonKind(v registry.PersonKind) graphql.Marshaler { return written(v, AppendPersonKind) }
func UnmarshalPersonKind(v any) (registry.PersonKind, error) {
	return unmarshal(v, registry.ParsePersonKind)
}
func AppendEnrolmentStatus(b []byte, v registry.EnrolmentStatus) []byte { return appendName(b, v) }
func MarshalEnrolmentStatus(v registry.EnrolmentStatus) graphql.Marshaler {
	return written(v, AppendEnrolmentStatus)
}
func UnmarshalEnrolmentStatus(v any) (registry.EnrolmentStatus, error) {
	return unmarshal(v, registry.ParseEnrolmentStatus)
}
func AppendFunderKind(b []byte, v registry.FunderKind) []byte   { return appendName(b, v) }
func MarshalFunderKind(v registry.FunderKind) graphql.Marshaler { return written(v, AppendFunderKind) }
func UnmarshalFunderKind(v any) (registry.FunderKind, error) {
	return unmarshal(v, registry.ParseFunderKind)
}
