package registry

import (
	"fmt"
	"strings"
)

// String writes the filter as a sentence a planner can check against a decree: "decile 1–4 and (at least 1 under five
// or at least 1 elderly)".
func (f Filter) String() string {
	parts := f.parts()
	if len(parts) == 0 {
		return "every household"
	}
	return strings.Join(parts, " and ")
}

func (f Filter) parts() []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if f.Areas != nil {
		add("in %s", alternatives(f.Areas))
	}
	if f.Where != nil {
		out = append(out, f.Where.String())
	}
	if f.Decile != nil {
		add("decile %s", f.Decile)
	}
	if f.Members != nil {
		add("%s members", f.Members)
	}
	for k, r := range f.Persons() {
		if r != nil {
			add("%s %s", r, personWords[k])
		}
	}
	if f.DeprivedIn != nil {
		add("deprived in %s", alternatives(f.DeprivedIn))
	}
	if f.NotDeprivedIn != nil {
		add("not deprived in %s", alternatives(f.NotDeprivedIn))
	}
	if f.KnownIn != nil {
		add("known: %s", strings.Join(words(f.KnownIn), " and "))
	}
	if f.Score != nil {
		out = append(out, f.Score.String())
	}
	if f.EnrolledIn != nil {
		add("enrolled in %s", alternatives(f.EnrolledIn))
	}
	if f.NotEnrolledIn != nil {
		add("not enrolled in %s", alternatives(f.NotEnrolledIn))
	}
	if f.EligibleFor != "" {
		add("eligible for %s", f.EligibleFor)
	}
	if f.HeadSex != SexUnknown {
		add("headed by a %s", map[Sex]string{SexMale: "man", SexFemale: "woman"}[f.HeadSex])
	}
	if f.Geocoded != nil {
		add("%s", map[bool]string{true: "with a location", false: "without a location"}[*f.Geocoded])
	}
	if f.RW != nil {
		add("RW %s", *f.RW)
	}
	if f.RT != nil {
		add("RT %s", *f.RT)
	}
	if f.InState != nil {
		if in := f.InState.Filter.parts(); len(in) > 0 {
			add("in state %s (%s)", f.InState.State, strings.Join(in, " and "))
		} else {
			add("in state %s", f.InState.State)
		}
	}
	for _, g := range f.And {
		out = append(out, g.grouped())
	}
	if f.Or != nil {
		alts := make([]string, len(f.Or))
		for i, g := range f.Or {
			alts[i] = g.grouped()
		}
		if len(alts) == 0 {
			alts = []string{"nobody"}
		}
		add("(%s)", strings.Join(alts, " or "))
	}
	if f.Not != nil {
		add("not (%s)", f.Not)
	}
	return out
}

// grouped puts brackets around a filter of several conditions.
func (f Filter) grouped() string {
	if len(f.parts()) > 1 {
		return "(" + f.String() + ")"
	}
	return f.String()
}

var personWords = [PersonKindCount]string{"under five", "of school age", "out of school", "elderly", "disabled", "pregnant", "stunted"}

// String writes the range: "1–4", "at least 1", "at most 3", "any known number of".
func (r IntRange) String() string {
	switch {
	case r.Min != nil && r.Max != nil && *r.Min == *r.Max:
		return fmt.Sprint(*r.Min)
	case r.Min != nil && r.Max != nil:
		return fmt.Sprintf("%d–%d", *r.Min, *r.Max)
	case r.Min != nil:
		return fmt.Sprintf("at least %d", *r.Min)
	case r.Max != nil:
		return fmt.Sprintf("at most %d", *r.Max)
	}
	return "any known number of"
}

// String names the region.
func (s Spatial) String() string {
	switch {
	case s.BBox != nil:
		return fmt.Sprintf("in the box %g to %g east, %g to %g north", s.BBox.West, s.BBox.East, s.BBox.South, s.BBox.North)
	case s.Near != nil:
		return fmt.Sprintf("within %g m of %g, %g", s.Near.RadiusMeters, s.Near.Point.Longitude, s.Near.Point.Latitude)
	}
	return "in a drawn region"
}

func alternatives[T any](list []T) string { return strings.Join(words(list), " or ") }

// words writes each of a list as in a sentence; codes stay as they are.
func words[T any](list []T) []string {
	if len(list) == 0 {
		return []string{"nothing"}
	}
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = strings.ToLower(strings.ReplaceAll(fmt.Sprint(v), "_", " "))
		if s, ok := any(v).(string); ok {
			out[i] = s
		}
	}
	return out
}
